/** Every sentence of the chat. */
export const chat = {};
