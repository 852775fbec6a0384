// Where does the page begin?
import { render } from 'preact';
import './styles/page.css';
import { App } from './app.tsx';
import { lookAtAddress } from './router.ts';
import { takeRune } from './session.ts';

// In this order: what is in the address as a rune is no view.
takeRune(location, history);
lookAtAddress();
const place = document.getElementById('page');
if (place !== null) render(<App />, place);
