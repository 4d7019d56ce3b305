"""Pages as tests read them."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

HOSTILE = (
    "</pre><script>alert(1)</script>",
    "<img src=http://evil.test/x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "<style>body{display:none}</style>",
    "<base href=//evil.test>",
    "{{ 7*7 }}{% raw %}",
    "</textarea></title><iframe src=x>",
)
KNOWN = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section", "article", "div", "p"),
    *("h1", "h2", "h3", "h4", "b", "span", "small", "br", "pre", "details", "summary", "dl", "dt", "dd", "ul", "li"),
    *("table", "thead", "tbody", "tr", "th", "td", "img", "svg", "rect", "line", "circle", "path", "text"),
}


class Page(HTMLParser):
    """Tags, attributes and visible text of a page."""

    def __init__(self, path: Path):
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.seen: list[str] = []
        self.source = path.read_text(encoding="utf-8")
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.lasttag != "style":
            self.seen.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.seen).split())


def assert_safe(page: Page) -> None:
    """Nothing is fetched, nothing runs, and the one style sheet is the one that the page allows."""
    assert {tag for tag, _ in page.tags} <= KNOWN
    for _, attributes in page.tags:
        assert not any(name.startswith("on") or name in ("href", "style", "srcset") for name in attributes)
        assert (attributes.get("src") or "data:").startswith("data:")
    style = re.search(r"<style>(.*?)</style>", page.source, re.DOTALL)
    assert style is not None
    assert sum(tag == "style" for tag, _ in page.tags) == 1
    assert "url(" not in style[1]
    assert "@import" not in style[1]
    policies = [a["content"] for t, a in page.tags if t == "meta" and a.get("http-equiv") == "Content-Security-Policy"]
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policies == [f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'"]
