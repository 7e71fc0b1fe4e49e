import * as api from './api.js';
import {byId, element, fillTable, number} from './dom.js';
import * as format from './format.js';
import {text} from './i18n.js';
import {fact} from './usage.js';

const say = message => byId('uploading').textContent = message;

/** Lets people choose and drop files; `page` tells which organisation is looked at, and shows what has changed. */
export function acceptFiles(page) {
    const choose = byId('choose');
    const drop = byId('drop');
    choose.addEventListener('change', async () => {
        await uploadAll(page, [...choose.files]);
        choose.value = '';
    });
    for (const [event, isOver] of [['dragenter', true], ['dragover', true], ['dragleave', false], ['drop', false]]) {
        drop.addEventListener(event, dragged => {
            dragged.preventDefault();
            drop.classList.toggle('over', isOver);
        });
    }
    drop.addEventListener('drop', dropped => uploadAll(page, [...dropped.dataTransfer.files]));
    // Beside the field, a browser would leave the page for the file.
    for (const event of ['dragover', 'drop']) {
        window.addEventListener(event, dragged => dragged.preventDefault());
    }
}

async function uploadAll(page, files) {
    const organization = page.organization;
    byId('refusals').replaceChildren();
    for (const file of files) {
        say(text('uploading', file));
        try {
            await api.upload(organization, file);
            say(text('uploaded', file));
        } catch (problem) {
            say('');
            byId('refusals').append(refusal(file, problem));
        }
        await page.refresh();
    }
}

function refusal(file, {message, fields}) {
    const card = element('div', {className: 'refusal'},
        element('strong', {}, text('refused', file)), element('p', {}, message));
    if (fields.requested !== undefined) {
        const amount = fields.metric === 'FILES' ? format.count : format.bytes;
        card.append(element('dl', {className: 'facts'},
            ...['requested', 'available', 'limit'].map(key => fact(key, amount(fields[key])))));
    }
    const close = element('button', {type: 'button', textContent: '✕', onclick: () => card.remove()});
    close.setAttribute('aria-label', text('dismiss'));
    card.append(close);
    return card;
}

export function showFiles(page, files) {
    byId('no-files').hidden = files.length > 0;
    byId('files').hidden = files.length === 0;
    byId('lose-row').disabled = files.length === 0;
    fillTable(byId('files'), files.map((file, index) => [
        {textContent: file.name, title: file.name},
        {textContent: text(`categories.${file.category}`), className: 'wide'},
        number(format.bytes(file.size)),
        {textContent: format.minute(file.createdAt), className: 'wide'},
        deleteButton(page, file, index),
    ]));
}

function deleteButton(page, file, index) {
    const button = element('button', {type: 'button', textContent: text('delete')});
    button.setAttribute('aria-label', text('deleteFile', file));
    button.addEventListener('click', () => page.run(async () => {
        await api.remove(page.organization, file.id);
        say(text('deleted', file));
        await page.refresh();
        // The button is gone: the one that took its place is next, so that a keyboard is not sent back to the top.
        const buttons = byId('files').querySelectorAll('button');
        (buttons[Math.min(index, buttons.length - 1)] ?? byId('files-title')).focus();
    }));
    return button;
}
