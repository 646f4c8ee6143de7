package browser

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestEveryView goes through all views in the widths of a telephone, of a laptop and of a large screen, in light and dark. None is
// cut off at the side, axe finds nothing, and the console stays silent. Where MEMVIEW_SCREENSHOTS names a folder, pictures for somebody to look at go there.
func TestEveryView(t *testing.T) {
	axe := axe(t)
	s := serve(t, samples()...)
	p := newPage(t)
	p.expected = []string{"400 (Bad Request)"} // browsers write into the console that the wrong slice has no answer
	p.open(s.link)
	ask[any](p, axe+"; null")
	for _, width := range []int64{360, 1280, 1920} {
		height := map[int64]int64{360: 740, 1280: 800, 1920: 1080}[width]
		for _, scheme := range []string{"light", "dark"} {
			if width == 1920 && scheme == "dark" {
				continue // has the layout of light, and the colours of 1280
			}
			p.look(width, height, scheme)
			for name, fragment := range views() {
				p.to(fragment)
				name := fmt.Sprintf("%s-%d-%s", name, width, scheme)
				if wide := ask[int64](p, "document.documentElement.scrollWidth"); wide > width {
					t.Errorf("%s is %d pixels wide", name, wide)
				}
				switch {
				case scheme == "dark" && width == 1280:
					p.accessible(name, `runOnly: ["color-contrast"]`) // the elements are those of light
				case scheme == "light" && width < 1920:
					p.accessible(name, "")
				}
				p.screenshot(name)
			}
		}
	}
}

// axe is the source of axe-core.
func axe(t *testing.T) string {
	t.Helper()
	path := os.Getenv("MEMORYVIEW_AXE")
	if path == "" {
		t.Skip("MEMORYVIEW_AXE names no axe-core: scripts/axe fetches it")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// accessible asks axe about all of its rules, or about some.
func (p *page) accessible(name, only string) {
	p.t.Helper()
	found := ask[string](p, `axe.run(document, {resultTypes: ["violations"], `+only+`}).then((r) => JSON.stringify(r.violations.map((v) => ({id: v.id, help: v.help, nodes: v.nodes.map((n) => n.html + ": " + n.failureSummary)}))))`)
	var violations []struct {
		ID, Help string
		Nodes    []string
	}
	if err := json.Unmarshal([]byte(found), &violations); err != nil {
		p.t.Fatal(err)
	}
	for _, v := range violations {
		p.t.Errorf("%s: %s: %s: %.1500s", name, v.ID, v.Help, strings.Join(v.Nodes, "\n"))
	}
}

func (p *page) screenshot(name string) {
	p.t.Helper()
	folder := os.Getenv("MEMVIEW_SCREENSHOTS")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(p.Context, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o600)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}
