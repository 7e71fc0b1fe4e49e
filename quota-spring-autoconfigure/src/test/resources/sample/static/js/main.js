import * as api from './api.js';
import {byId, element} from './dom.js';
import {clearDrift, offerRepair} from './drift.js';
import {acceptFiles, showFiles} from './files.js';
import {showHistory, span, whenColoursChange} from './history.js';
import {setLanguage, text, translatePage} from './i18n.js';
import {showLedger} from './ledger.js';
import {showUsage} from './usage.js';

const SETTLING_MILLIS = 100;
const SETTLING_ROUNDS = 30;

let step = 'HOUR';
let organizations = [];
let refreshes = 0;

const page = {
    organization: '',

    /** Reads everything and shows it, unless another call has begun meanwhile. */
    refresh: after => page.run(async () => {
        const mine = ++refreshes;
        const {organization} = page;
        byId('main').setAttribute('aria-busy', 'true');
        const [quota, usage, warnings, files] = await Promise.all(
            [api.quota, api.usage, api.warnings, api.files].map(read => read(organization)));
        const [ledger, history] = await settledBooks(organization, quota.usedQuota, after);
        if (mine === refreshes) {
            showUsage(quota, usage, warnings);
            showFiles(page, files);
            showHistory(history, step, quota.totalQuota);
            showLedger(ledger, !after);
            byId('older').onclick = () => page.refresh(ledger.next);
            byId('main').setAttribute('aria-busy', 'false');
        }
    }),

    /** Does something, and says so if it can not be done. */
    async run(action) {
        byId('trouble').textContent = '';
        try {
            await action();
        } catch (problem) {
            byId('trouble').textContent = problem.message;
        }
    },
};

/** What is used is exact at once; ledger and history follow within moments, when the charge is settled. */
async function settledBooks(organization, used, after) {
    for (let round = 1; ; round++) {
        const books = await Promise.all(
            [api.ledger(organization, after), api.history(organization, ...span(step), step)]);
        const last = books[1].at(-1);
        if (after || last?.bytes === used || round === SETTLING_ROUNDS) {
            return books;
        }
        await new Promise(resolve => setTimeout(resolve, SETTLING_MILLIS));
    }
}

function showOrganizations() {
    byId('organizations').replaceChildren(...organizations.map(id => {
        const [name, plan] = text(`organizations.${id}`);
        return element('label', {className: 'organization'},
            element('input', {
                type: 'radio', name: 'organization', value: id, checked: id === page.organization,
                onchange: () => select(id),
            }),
            element('span', {}, element('b', {}, name), element('small', {}, plan)));
    }));
}

function select(id) {
    page.organization = id;
    window.history.replaceState(null, '', `#${id}`);
    byId('refusals').replaceChildren();
    byId('uploading').textContent = '';
    clearDrift();
    return page.refresh();
}

document.querySelectorAll('[data-language]').forEach(button => button.addEventListener('click', () => {
    setLanguage(button.dataset.language);
    showOrganizations();
    byId('refusals').replaceChildren();
    clearDrift();
    page.refresh();
}));
document.querySelectorAll('[data-step]').forEach(button => button.addEventListener('click', () => {
    step = button.dataset.step;
    document.querySelectorAll('[data-step]').forEach(it => it.setAttribute('aria-pressed', it === button));
    page.refresh();
}));
byId('newest').addEventListener('click', () => page.refresh());
whenColoursChange(() => page.refresh());

translatePage();
acceptFiles(page);
offerRepair(page);
page.run(async () => {
    organizations = await api.organizations();
    const asked = location.hash.slice(1);
    page.organization = organizations.includes(asked) ? asked : organizations[0];
    showOrganizations();
    await page.refresh();
});
