"""A person who has a keyboard and no pointer."""

from playwright.sync_api import Locator, Page, expect

FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
VISIBLE = """() => {
  const style = getComputedStyle(document.activeElement);
  return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
}"""


class Keyboard:
    """Reaches what stands on the page by Tab alone, and acts on it by keys."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, target: Locator) -> None:
        """Press Tab until `target` has the focus, and one can see that it has."""
        expect(target).to_have_count(1)
        for _ in range(
            self.page.locator(FOCUSABLE).count() + 2
        ):  # the page itself and the browser's own bar are stops, too
            if target.evaluate("element => element === document.activeElement"):
                break
            self.page.keyboard.press("Tab")
        expect(target).to_be_focused()
        assert self.page.evaluate(VISIBLE), f"one cannot see that {target} has the focus"

    def press(self, target: Locator) -> None:
        """Follow a link, or press a button."""
        self.reach(target)
        self.page.keyboard.press("Enter")

    def type(self, target: Locator, text: str) -> None:
        """Put `text` into a field in the place of what is there; in a list of choices it selects the one that begins so."""
        self.reach(target)
        if target.evaluate("element => element.matches('input:not([type=date]), textarea')"):
            self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
