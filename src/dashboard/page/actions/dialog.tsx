// How is something done? Said, shown what it would do, confirmed; in this order, and never without the second.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ActionReply } from '../../api.ts';
import { act, ApiError } from '../data/client.ts';
import { refresh } from '../data/resource.ts';
import { Icon } from '../ui/icons.tsx';
import { FieldInput } from './field.tsx';
import { beginning, complaintOf, FORMS, paramsOf, shownFields, type Values } from './forms.ts';
import { Preview } from './preview.tsx';
import { request, type Request } from './requests.ts';

export function ActionDialog(): JSX.Element | null {
  const asked = request.value;
  return asked === null ? null : <Steps key={asked.action} asked={asked} />;
}

type Step =
  | { readonly name: 'form' }
  | { readonly name: 'preview'; readonly reply: ActionReply }
  | { readonly name: 'done'; readonly reply: ActionReply }
  /** The answer was lost: it may have been done or not, and must not be offered as if nothing had been sent. */
  | { readonly name: 'unknown'; readonly because: string };

function Steps({ asked }: { readonly asked: Request }): JSX.Element {
  const form = FORMS[asked.action];
  const dialog = useRef<HTMLDialogElement>(null);
  const [values, setValues] = useState<Values>(() => beginning(form, asked.given ?? {}));
  const [step, setStep] = useState<Step>({ name: 'form' });
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  const send = async (dryRun: boolean): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const params = paramsOf(form, values);
      const reply = (await act(`/api/actions/${asked.action}`, { params, dry_run: dryRun })) as ActionReply;
      setStep(dryRun ? { name: 'preview', reply } : { name: 'done', reply });
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      if (dryRun || caught.isRefusal) setError(caught.message);
      else setStep({ name: 'unknown', because: caught.message });
    } finally {
      setBusy(false);
      // Also after a failure: a rebalance that did not arrive is one more row.
      if (!dryRun) refresh();
    }
  };
  const preview = (): void => {
    const complaint = complaintOf(form, values);
    setError(complaint);
    if (complaint === null) void send(true);
  };
  const close = (): void => {
    request.value = null;
  };
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    // There is nothing to fill in: the preview is the first thing to see.
    if (form.fields.length === 0) void send(true);
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);

  const isForm = step.name === 'form';
  const isDoing = isBusy && step.name === 'preview';
  const isOver = step.name === 'done' || step.name === 'unknown';
  return (
    <dialog
      ref={dialog}
      aria-labelledby="dialog-title"
      onClose={close}
      onClick={(event) => {
        // The second half of a double click is no answer to what the first has brought, and nobody has read yet.
        if (event.detail > 1) event.preventDefault();
        else if (event.target === dialog.current && !isBusy) close();
      }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isForm) preview();
          else if (step.name === 'preview') void send(false);
          else close();
        }}
      >
        <div class="dialog-head">
          <h2 id="dialog-title">{form.title}</h2>
          <button type="button" class="quiet square" aria-label="Close" onClick={close}>
            <Icon name="close" />
          </button>
        </div>
        <div class="dialog-body">
          {asked.about !== undefined && <p class="about">{asked.about}</p>}
          <p class="muted">{form.text}</p>
          {isForm && form.fields.length > 0 && (
            <div class="fields">
              {shownFields(form, values).map((field) => (
                <FieldInput
                  key={field.name}
                  field={field}
                  value={values[field.name] ?? ''}
                  onChange={(value) => {
                    setValues({ ...values, [field.name]: value });
                    setError(null);
                  }}
                />
              ))}
            </div>
          )}
          {(step.name === 'preview' || step.name === 'done') && (
            <Preview reply={step.reply} isDone={step.name === 'done'} />
          )}
          {step.name === 'unknown' && (
            <div class="notice loss" role="alert">
              <Icon name="alert" />
              <div>
                <strong>It is not known whether it was done</strong>
                <p>{step.because}</p>
                <p>
                  It was sent, and may be done or still be under way: {form.seenAt} Look there before you do it again.
                </p>
              </div>
            </div>
          )}
          {error !== null && (
            <div class="notice loss" role="alert">
              <Icon name="alert" />
              <p>{error}</p>
            </div>
          )}
        </div>
        <div class="dialog-foot">
          {isBusy && (
            <span class="note" role="status">
              {isDoing ? 'Doing it; closing this does not stop it' : 'Asking what it would do…'}
            </span>
          )}
          {step.name === 'preview' && form.fields.length > 0 && (
            <button
              type="button"
              class="quiet"
              disabled={isBusy}
              onClick={() => {
                setStep({ name: 'form' });
                setError(null);
              }}
            >
              Back
            </button>
          )}
          {!isOver && (
            <button type="button" onClick={close}>
              {isDoing ? 'Close' : 'Cancel'}
            </button>
          )}
          {isForm && form.fields.length > 0 && (
            <button type="submit" class="primary" disabled={isBusy}>
              Preview
            </button>
          )}
          {step.name === 'preview' && (
            <button type="submit" class="primary" disabled={isBusy}>
              {form.doIt}
            </button>
          )}
          {isOver && (
            <button type="submit" class="primary">
              Close
            </button>
          )}
        </div>
      </form>
    </dialog>
  );
}
