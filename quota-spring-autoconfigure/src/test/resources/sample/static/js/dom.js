/** Returns the element with an id. */
export const byId = id => document.getElementById(id);

/** Makes an element. Whatever comes from users goes in as text, never as HTML. */
export function element(tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
}

/** Fills the body of a table; each row is a list of cells, each a text, an element, or properties of the cell. */
export function fillTable(table, rows) {
    table.tBodies[0].replaceChildren(...rows.map(row => element('tr', {}, ...row.map(cell))));
}

function cell(content) {
    return typeof content === 'object' && !(content instanceof Node)
        ? element('td', content)
        : element('td', {}, content);
}

/** The properties of a cell with a figure. */
export const number = (text, look = '') => ({textContent: text, className: `number ${look}`.trim()});
