"""A program of its own: a small window from which files are dragged, as from a file manager.

`python drag_source.py PATH…` shows it in the screen's corner, with `drag source` as its title.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

TITLE = "drag source"
SIZE = 60


class Source(QWidget):
    """Pressed, it is dragged from until the button is let go."""

    def __init__(self, paths: list[str]) -> None:
        # The window manager would place it somewhere, and later.
        super().__init__(None, Qt.WindowType.X11BypassWindowManagerHint)
        self._paths = paths
        self.setWindowTitle(TITLE)
        self.setGeometry(0, 0, SIZE, SIZE)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Begin to drag."""
        del event
        print("pressed", flush=True)  # for who drives it
        content = QMimeData()
        content.setUrls([QUrl.fromLocalFile(path) for path in self._paths])
        drag = QDrag(self)
        drag.setMimeData(content)
        drag.exec(Qt.DropAction.CopyAction)


def main() -> None:
    """Until it is ended from outside."""
    app = QApplication(sys.argv[:1])
    source = Source(sys.argv[1:])
    source.show()
    app.exec()


if __name__ == "__main__":
    main()
