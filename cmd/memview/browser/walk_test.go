package browser

import (
	"encoding/binary"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// press sends keys to what has the focus.
func (p *page) press(keys string, options ...chromedp.KeyOption) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(keys, options...))
}

// shortcut presses a key that the page takes for itself, so that it writes nothing.
func (p *page) shortcut(key string) {
	p.t.Helper()
	p.do(command(input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: "rawKeyDown", Key: key}))
}

// tabTo goes on by the tabulator key until an element has the focus.
func (p *page) tabTo(selector string) {
	p.t.Helper()
	for range 80 {
		if ask[bool](p, fmt.Sprintf("document.activeElement.matches(%q)", selector)) {
			return
		}
		p.press(kb.Tab)
	}
	p.fatal(fmt.Errorf("80 tabulators do not lead to %s, but to %s", selector, ask[string](p, "document.activeElement.outerHTML")))
}

// cell is what the line below the table says.
func (p *page) cell() string {
	p.t.Helper()
	p.ready()
	return ask[string](p, `document.querySelector(".cell-line").textContent`)
}

// Everything is reached without a mouse: files, slices, views, and each cell.
func TestKeyboard(t *testing.T) {
	s := serve(t, testdata+"photo.npy", testdata+"events.npy")
	p := newPage(t)
	p.expected = []string{"400 (Bad Request)"}
	p.open(s.link)
	p.press(kb.Tab)
	if !ask[bool](p, `document.activeElement.id === "skip"`) {
		t.Error("the first tabulator leads to no link that skips the files")
	}
	p.press(kb.Enter)
	for _, step := range []struct{ key, want string }{
		{kb.ArrowDown, "[0, 1, 0] = 0"},
		{kb.ArrowRight, "[0, 1, 1] = 2"},
		{kb.End, "[0, 1, 2] = 254"},
		{kb.Home, "[0, 1, 0] = 0"},
		{kb.ArrowUp, "[0, 0, 0] = 0"},
		{kb.ArrowUp, "[0, 0, 0] = 0"},
	} {
		p.press(step.key)
		if got := p.cell(); got != step.want {
			t.Errorf("%q leads to %s, want %s", step.key, got, step.want)
		}
	}
	p.press(kb.PageDown)
	if got := p.cell(); got == "[0, 0, 0] = 0" {
		t.Error("a page down stays")
	}
	p.press(kb.End, chromedp.KeyModifiers(chromedp.ModifierCtrl))
	if got := p.cell(); got != "[0, 95, 2] = 160" {
		t.Errorf("the end is %s", got)
	}
	p.shortcut("g")
	p.press("42" + kb.Enter)
	if got := p.cell(); got != "[0, 42, 2] = 213" {
		t.Errorf("after going to 42: %s", got)
	}
	if !ask[bool](p, `document.activeElement.getAttribute("role") === "grid" && !!document.getElementById(document.activeElement.getAttribute("aria-activedescendant"))`) {
		t.Error("the table has no focus, or no active cell")
	}
	p.shortcut("/")
	p.press("[5, ::-1]" + kb.Enter)
	p.until(`document.title.includes("[5, ::-1]")`)
	if got := p.cell(); got != "[0, 0] = 20" {
		t.Errorf("the slice begins with %s", got)
	}
	p.shortcut("/")
	p.press("[99]" + kb.Enter)
	p.until(`document.getElementById("slice-problem").textContent.includes("use -64 to 63")`)
	if !ask[bool](p, `document.getElementById("slice").getAttribute("aria-invalid") === "true" && !!document.querySelector("[role=grid]")`) {
		t.Error("the field is not marked, or what was shown is gone")
	}
	p.do(chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`))
	p.shortcut("/")
	p.press(kb.Backspace + kb.Enter)
	p.until(`!document.title.includes("[")`)
	for _, view := range []string{"picture", "statistics", "bytes", "layout"} {
		p.tabTo(fmt.Sprintf("[data-view=%s]", view))
		p.press(kb.Enter)
		p.until(fmt.Sprintf("location.hash.includes('view=%s')", view))
		p.ready()
	}
	p.do(chromedp.Evaluate[chromedp.Void](`document.getElementById("skip").focus()`))
	p.tabTo("#files summary[title$='events.npy']")
	p.press(kb.Enter)
	p.until(`document.querySelectorAll("#files details[open]").length === 2`)
	p.tabTo("#files details:last-child a")
	p.press(kb.Enter)
	p.until(`document.title.includes("events.npy")`)
	p.ready()
}

// A link carries all that is seen: another tab shows the same.
func TestLinks(t *testing.T) {
	s := serve(t, testdata+"photo.npy", files+"many.npz")
	p := newPage(t)
	p.open(s.link)
	if address := ask[string](p, "location.href"); strings.Contains(address, "token") || !strings.HasPrefix(address, s.address+"/#") {
		t.Errorf("the address is %s", address)
	}
	if entries := ask[int](p, "history.length"); entries > 2 { // about:blank and the page
		t.Errorf("%d entries of history", entries)
	}
	if cookie := ask[string](p, "document.cookie"); cookie != "" {
		t.Errorf("scripts see the cookie %s", cookie)
	}
	p.to("file=" + testdata + "photo.npy&at=7&row=40&column=2")
	if got := p.cell(); got != "[7, 40, 2] = 208" {
		t.Errorf("%s", got)
	}
	p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("[role=grid]").focus()`))
	p.press(kb.ArrowDown)
	p.until(`location.hash.includes("row=41")`)
	address := ask[string](p, "location.href")
	other := newPage(t)
	other.open(address)
	if got := other.cell(); got != "[7, 41, 2] = 207" {
		t.Errorf("another tab shows %s at %s", got, address)
	}
	other.to("file=" + files + "many.npz&array=layer/0/records&view=statistics")
	if title := ask[string](other, "document.title"); !strings.Contains(title, "layer/0/records") {
		t.Error(title)
	}
	other.do(chromedp.NavigateBack())
	other.ready()
	if got := other.cell(); got != "[7, 41, 2] = 207" {
		t.Errorf("back from there is %s", got)
	}
}

// Who has no cookie sees why, and the terminal a new link. A page of somebody else gets nothing.
func TestOthersAreKeptOut(t *testing.T) {
	s := serve(t, testdata+"photo.npy")
	p := newPage(t)
	p.open(s.link)
	late := newPage(t)
	late.expected = []string{"401 (Unauthorized)"}
	late.do(chromedp.Navigate("about:blank"))
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Get(s.link)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if len(response.Cookies()) > 0 {
		t.Error("the link is good for a second browser")
	}
	if again := <-s.lines; !strings.Contains(again, "token=") || strings.Contains(again, s.link) {
		t.Errorf("the terminal is told %s", again)
	}
	foreign := http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "<!doctype html><title>elsewhere</title><img src='%s/icon.svg'><script src='%s/main.js'></script>", s.address, s.address)
	})}
	listener, address := listen(t)
	go foreign.Serve(listener) // closed below
	defer foreign.Close()
	stranger := newPage(t)
	stranger.expected = []string{"403", "CORS", "ERR_", "Failed to load", "Framing"}
	stranger.do(chromedp.Navigate(address))
	for _, ask_ := range []string{
		`fetch("%s/api/files", {credentials: "include"}).then(() => "answered", () => "refused")`,
		`fetch("%s/api/files", {credentials: "include", mode: "no-cors"}).then((r) => r.type === "opaque" && r.status === 0 ? "refused" : "answered", () => "refused")`,
		`new Promise((f) => { const i = new Image(); i.onload = () => f("answered"); i.onerror = () => f("refused"); i.src = "%s/icon.svg?again"; })`,
		`new Promise((f) => { const i = document.createElement("iframe"); i.onload = () => { try { f(i.contentDocument ? "own" : "refused") } catch { f("refused") } }; i.src = "%s/"; document.body.append(i); })`,
	} {
		if got := ask[string](stranger, fmt.Sprintf(ask_, s.address)); got != "refused" {
			t.Errorf("%s: %s", ask_, got)
		}
	}
}

// A sparse file of 10 GiB is looked at in every way: its ends, its middle by the scroll bar, its bytes and figures. What
// the server touches of it, what it sends, and how often it is asked stay small.
func TestLargeFile(t *testing.T) {
	const items = 10 << 30 / 8
	path := filepath.Join(t.TempDir(), "huge")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for at, x := range map[int64]float64{0: 1.5, 1_000_000_000: -2.25, items - 1: 42} {
		if _, err := file.WriteAt(binary.LittleEndian.AppendUint64(nil, math.Float64bits(x)), 8*at); err != nil {
			t.Fatal(err)
		}
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	s := serve(t, "--format", "<d", path)
	p := newPage(t)
	p.look(1280, 800, "light")
	p.open(s.link)
	if got := p.cell(); got != "[0] = 1.5" {
		t.Errorf("the first item: %s", got)
	}
	p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("[role=grid]").focus()`))
	p.press(kb.End, chromedp.KeyModifiers(chromedp.ModifierCtrl))
	if got := p.cell(); got != fmt.Sprintf("[%d] = 42.0", items-1) {
		t.Errorf("the last item: %s", got)
	}
	p.shortcut("g")
	p.press("1000000000" + kb.Enter)
	if got := p.cell(); got != "[1000000000] = -2.25" {
		t.Errorf("the billionth item: %s", got)
	}
	p.press(kb.ArrowUp)
	if got := p.cell(); got != "[999999999] = 0.0" {
		t.Errorf("the one above it: %s", got)
	}
	first := `Number(document.querySelector(".table-body .label").textContent.replaceAll(",", ""))`
	scroll := func(to string) int {
		t.Helper()
		p.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`{ const e = document.querySelector("[role=grid]"); e.scrollTop = %s; }`, to)))
		ask[bool](p, "new Promise((f) => setTimeout(() => f(true), 250))")
		p.ready()
		return ask[int](p, first)
	}
	if middle := scroll("e.scrollHeight / 2"); middle < items/2-items/100 || middle > items/2+items/100 {
		t.Errorf("the middle of the scroll bar is row %d", middle)
	}
	place := ask[int](p, first)
	if small := scroll("e.scrollTop + 280"); small != place+10 {
		t.Errorf("280 pixels from row %d lead to %d", place, small)
	}
	if back := scroll("e.scrollTop - 280"); back != place {
		t.Errorf("and back to %d", back)
	}
	if end := scroll("e.scrollHeight"); end < items-60 {
		t.Errorf("the end of the scroll bar is row %d", end)
	}
	if ask[int](p, `Math.max(...[...document.querySelectorAll("*")].map((e) => e.getBoundingClientRect().height))`) > 16_000_000 {
		t.Error("an element is higher than browsers have them")
	}
	if start := scroll("0"); start != 0 {
		t.Errorf("its start is row %d", start)
	}
	for _, view := range []string{"picture", "statistics", "bytes", "layout"} {
		p.to("file=" + path + "&view=" + view)
	}
	if !ask[bool](p, `!document.querySelector("[role=alert] > .notice")`) {
		t.Error("a view fails")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.requests) > 100 || p.received > 4<<20 {
		t.Errorf("%d requests, %.0f bytes", len(p.requests), p.received)
	}
	for _, address := range p.requests {
		if !strings.HasPrefix(address, s.address) && !slices.Contains([]string{"about:blank"}, address) {
			t.Errorf("the page asks %s", address)
		}
	}
	if touched := s.touched(t); touched > 1<<30 {
		t.Errorf("%d bytes of the file were touched", touched)
	}
}

// A file that is cut short while it is looked at is an error in the page, which lives.
func TestFileCutShort(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(path, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serve(t, "--format", "<i", path)
	p := newPage(t)
	p.expected = []string{"410 (Gone)"}
	p.open(s.link)
	if err := os.Truncate(path, 8192); err != nil {
		t.Fatal(err)
	}
	p.to("file=" + path + "&row=200000")
	p.until(`document.querySelector("#view [role=alert]")?.textContent.includes("it had 1048576 bytes when it was opened, and has 8192 now")`)
	p.to("file=" + path + "&view=layout")
	if !ask[bool](p, `document.querySelector("h2").textContent === "Layout"`) {
		t.Error("the page is dead")
	}
}

// Who likes less motion gets none.
func TestReducedMotion(t *testing.T) {
	s := serve(t)
	p := newPage(t)
	p.open(s.link)
	p.media("prefers-reduced-motion", "reduce")
	if moving := ask[int](p, `[...document.querySelectorAll("*")].filter((e) => ["", "::before"].some((of) => { const s = getComputedStyle(e, of || null); return s.transitionDuration !== "0s" || s.animationName !== "none"; })).length`); moving > 0 {
		t.Errorf("%d elements move", moving)
	}
}
