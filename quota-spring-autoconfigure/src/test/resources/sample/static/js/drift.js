import * as api from './api.js';
import {byId, element, number} from './dom.js';
import * as format from './format.js';
import {text} from './i18n.js';

/** Lets people cause drift, find it and repair it. */
export function offerRepair(page) {
    const on = (id, action) => byId(id).addEventListener('click', () => page.run(action));
    const happen = async (kind, told) => {
        const file = await api.accident(page.organization, kind);
        clearDrift();
        byId('accident').textContent = text(told, file);
        await page.refresh();
    };
    const repair = async force => {
        const repaired = await api.repair(page.organization, force);
        byId('diagnosis').replaceChildren();
        byId('repaired').replaceChildren(
            verdict(repaired.outcome === 'REPAIRED', text(`outcomes.${repaired.outcome}`)),
            comparison({before: repaired.before, after: repaired.after}));
        byId('repair-anyway').hidden = repaired.outcome !== 'BRAKED';
        await page.refresh();
    };
    on('lose-row', () => happen('LOSE_ROW', 'lost'));
    on('add-row', () => happen('ADD_ROW', 'appeared'));
    on('diagnose', async () => byId('diagnosis').replaceChildren(...diagnosis(await api.diagnose(page.organization))));
    on('repair', () => repair(false));
    on('repair-anyway', () => repair(true));
}

/** Forgets what was shown: it was of another organisation, or of another time. */
export function clearDrift() {
    for (const id of ['accident', 'diagnosis', 'repaired']) {
        byId(id).replaceChildren();
    }
    byId('repair-anyway').hidden = true;
}

function diagnosis(found) {
    const difference = format.change(found.difference);
    return [
        verdict(found.consistent, found.consistent ? text('consistent') : text('drifted', {difference})),
        comparison({recorded: found}),
        element('ul', {className: 'warnings'}, ...found.samples.map(sample => element('li', {},
            `${sample.file}: ${text(`driftKinds.${sample.kind}`)} (${format.bytes(sample.recorded || sample.actual)})`))),
    ];
}

const verdict = (isGood, words) => element('p', {className: `verdict ${isGood ? 'good' : 'bad'}`}, words);

/** A row for each figure, a column for each diagnosis. */
function comparison(diagnoses) {
    const names = Object.keys(diagnoses);
    const head = names.length > 1
        ? [element('tr', {}, element('td'), ...names.map(
            name => element('th', {scope: 'col', className: 'number'}, text(name))))] : [];
    return element('table', {},
        element('thead', {}, ...head),
        element('tbody', {}, ...['recorded', 'actual', 'difference'].map(figure => element('tr', {},
            element('th', {scope: 'row'}, text(figure)),
            ...names.map(name => element('td', number(
                (figure === 'difference' ? format.change : format.bytes)(diagnoses[name][figure]))))))));
}
