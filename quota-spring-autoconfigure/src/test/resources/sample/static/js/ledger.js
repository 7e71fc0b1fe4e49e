import {byId, fillTable, number} from './dom.js';
import * as format from './format.js';
import {text} from './i18n.js';

export function showLedger(page, isNewest) {
    fillTable(byId('ledger'), page.entries.length === 0 ? [[{textContent: text('noEntries'), colSpan: 7}]]
        : page.entries.map(entry => [
            number(entry.number, 'wide'),
            format.second(entry.settledAt),
            text(`entries.${entry.kind}`),
            {textContent: entry.file ?? '–', title: entry.file ?? ''},
            number(format.change(entry.bytes), entry.bytes > 0 ? 'plus' : entry.bytes < 0 ? 'minus' : ''),
            number(format.bytes(entry.balanceAfter)),
            {textContent: entry.actor ?? '–', className: 'wide'},
        ]));
    byId('newest').disabled = isNewest;
    byId('older').disabled = !page.next;
}
