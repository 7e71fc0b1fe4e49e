import {language} from './i18n.js';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** Writes bytes as the server does: in binary units, rounded down, so that it never claims more than there is. */
export function bytes(count) {
    const size = Math.abs(count);
    const exponent = Math.min(size < 1024 ? 0 : Math.floor(Math.log2(size) / 10), UNITS.length - 1);
    const digits = exponent === 0 ? 0 : 1;
    const amount = Math.trunc(count / 1024 ** exponent * 10 ** digits) / 10 ** digits;
    const number = new Intl.NumberFormat(language, {minimumFractionDigits: digits, maximumFractionDigits: digits});
    return `${number.format(amount)} ${UNITS[exponent]}`;
}

/** The same with its sign: `+1.0 KiB`, `−512 B`. */
export const change = count =>
    count === 0 ? '0 B' : (count > 0 ? '+' : '−') + bytes(Math.abs(count));

export const percent = share =>
    new Intl.NumberFormat(language, {style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1})
        .format(share / 100);

export const count = number => new Intl.NumberFormat(language).format(number);

const MINUTE = {month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit'};
const written = (instant, options) => new Intl.DateTimeFormat(language, options).format(new Date(instant));

export const minute = instant => written(instant, MINUTE);
export const second = instant => written(instant, {...MINUTE, second: '2-digit'});
export const step = (instant, isHour) => written(instant, isHour ? {hour: 'numeric'} : {month: 'short', day: 'numeric'});
