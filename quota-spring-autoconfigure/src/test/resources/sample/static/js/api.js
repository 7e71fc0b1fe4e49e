import {language, text} from './i18n.js';

/** A request that was refused: the library's answers (RFC 9457) say why in the reader's language. */
export class Problem extends Error {
    constructor(fields) {
        super(fields.type?.startsWith('urn:quotaguard:') ? fields.detail
            : text(fields.status === 404 ? 'notThere' : fields.status ? 'failed' : 'noAnswer'));
        this.fields = fields;
    }
}

export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

async function call(method, path, body) {
    let response;
    try {
        response = await fetch(path, {method, body, headers: {'Accept-Language': language}});
    } catch {
        throw new Problem({});
    }
    const isJson = /json/.test(response.headers.get('Content-Type') ?? '');
    const answer = isJson ? await response.json() : {};
    if (!response.ok) {
        throw new Problem(answer);
    }
    return answer;
}

const of = organization => `organizations/${encodeURIComponent(organization)}`;
const query = parameters => new URLSearchParams(parameters);

// The library's own.
export const quota = organization => call('GET', `attachments/quota/${organization}`);
export const usage = organization => call('GET', `attachments/usage/${organization}`);
export const warnings = organization => call('GET', `attachments/warnings/${organization}`);
export const history = (organization, from, to, step) => call('GET',
    `attachments/usage/${organization}/history?${query({from: from.toISOString(), to: to.toISOString(), step, zone})}`);

// The application's.
export const organizations = () => call('GET', 'organizations');
export const files = organization => call('GET', `${of(organization)}/files`);
export const remove = (organization, id) => call('DELETE', `${of(organization)}/files/${id}`);
export const ledger = (organization, after) => call('GET', `${of(organization)}/ledger?${query(after ? {after} : {})}`);
export const accident = (organization, kind) => call('POST', `${of(organization)}/accidents?${query({kind})}`);
export const diagnose = organization => call('GET', `${of(organization)}/drift`);
export const repair = (organization, force) => call('POST', `${of(organization)}/repair?${query({force})}`);

/** What a path can not hold is left out of the name. */
export const upload = (organization, file) => call('POST',
    `${of(organization)}/files/${encodeURIComponent(file.name.replace(/[/\\]/g, '_'))}`, file);
