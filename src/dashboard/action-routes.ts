// How does an order from the page come to be carried out, and once only?
import type { Hono } from 'hono';
import type { Access } from './access.ts';
import { carryOut, isAction, orderOf } from './actions.ts';
import { ACTIONS, ORDER_HEADER, type ActionReply } from './api.ts';
import type { DashboardPorts } from './dashboard-ports.ts';
import { Refusal } from './failure.ts';
import { Orders } from './orders.ts';
import { sent } from './replies.ts';
import { jsonIn, limitedBody } from './request-body.ts';

export function addActions(app: Hono, { readings, commands, log }: DashboardPorts, access: Access): void {
  const { context } = readings;
  const orders = new Orders<ActionReply>();
  app.post('/api/actions/:action', limitedBody, async (c) => {
    const action = c.req.param('action');
    if (!isAction(action)) throw new Refusal('not-found', `action: expected one of ${Object.keys(ACTIONS).join(', ')}`);
    const body = await jsonIn(c);
    // Before anything is looked up: a hold's order has the present fee in it.
    if (action === 'hold') await access.requireOurs(c.req.raw.headers, ACTIONS[action]);
    const order = await orderOf(action, body, commands, context);
    await access.requireAct(c.req.raw.headers, order.command.name, order.params);
    if (order.dryRun) return sent(c, await carryOut(order, context));
    const id = c.req.header(ORDER_HEADER);
    const reply = await orders.once(id ? `${id} ${action} ${JSON.stringify(body)}` : undefined, async () => {
      const done = await carryOut(order, context);
      readings.forget();
      log.info(`dashboard: ${order.command.name} ${JSON.stringify(order.params)}`);
      return done;
    });
    return sent(c, reply);
  });
}
