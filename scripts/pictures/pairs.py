"""Lays pictures side by side, the drawing left and the app right, as one small picture."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser

_JOIN: Final = """
async ([files, width, type, quality]) => {
    const load = async (data) => {
        const picture = new Image();
        picture.src = `data:image/png;base64,${data}`;
        await picture.decode();
        return picture;
    };
    const pictures = await Promise.all(files.map(load));
    const gap = 16;
    const heights = pictures.map((one) => Math.round(one.height * width / one.width));
    const canvas = document.createElement('canvas');
    canvas.width = pictures.length * (width + gap) - gap;
    canvas.height = Math.max(...heights);
    const context = canvas.getContext('2d');
    context.fillStyle = '#808080';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingQuality = 'high';
    for (const [at, one] of pictures.entries()) {
        context.drawImage(one, at * (width + gap), 0, width, heights[at]);
    }
    return canvas.toDataURL('image/' + type, quality).split(',')[1];
}
"""
_QUALITY: Final = 0.8


class PairMaker:
    """Makes the pairs in a page of its own, by the browser's own means."""

    def __init__(self, browser: Browser) -> None:
        self._page = browser.new_page()

    def make(self, pictures: list[Path], target: Path, *, width: int) -> None:
        """`width`: of each side, in pixels. The name says the format: `.webp` or `.png`."""
        files = [base64.b64encode(path.read_bytes()).decode() for path in pictures]
        made = self._page.evaluate(_JOIN, [files, width, target.suffix[1:], _QUALITY])
        target.write_bytes(base64.b64decode(made))
