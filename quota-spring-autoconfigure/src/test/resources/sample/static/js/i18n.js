import en from './texts/en.js';
import zhCN from './texts/zh-CN.js';

const LANGUAGES = {en, 'zh-CN': zhCN};
const KEY = 'quotaguard-language';

export let language = chosen();

function chosen() {
    const saved = localStorage.getItem(KEY);
    return saved in LANGUAGES ? saved : navigator.languages.map(known).find(Boolean) ?? 'en';
}

function known(tag) {
    const {language, script} = new Intl.Locale(tag).maximize();
    return language === 'zh' && script === 'Hans' ? 'zh-CN' : language === 'en' ? 'en' : undefined;
}

export function setLanguage(tag) {
    language = tag;
    localStorage.setItem(KEY, tag);
    translatePage();
}

/** Returns a text of the page: `text('entries.COMMIT')`, `text('refused', {name})`. */
export function text(key, values = {}) {
    const found = key.split('.').reduce((texts, part) => texts?.[part], LANGUAGES[language]) ?? key;
    return typeof found === 'string' ? found.replace(/\{(\w+)}/g, (all, name) => values[name] ?? all) : found;
}

export function translatePage() {
    document.documentElement.lang = language;
    document.title = text('title');
    document.querySelectorAll('[data-text]').forEach(it => it.textContent = text(it.dataset.text));
    document.querySelectorAll('[data-label]').forEach(it => it.setAttribute('aria-label', text(it.dataset.label)));
    document.querySelectorAll('[data-language]').forEach(
        it => it.setAttribute('aria-pressed', it.dataset.language === language));
}
