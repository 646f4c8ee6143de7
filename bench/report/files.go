package report

import (
	"bytes"
	"os"
	"path/filepath"
)

// Write writes the page and its pictures to a folder.
func (r *Report) Write(folder string) error {
	margins, err := r.margins()
	if err != nil {
		return err
	}
	growth, err := r.growth()
	if err != nil {
		return err
	}
	var page bytes.Buffer
	r.page(&page)
	for name, content := range map[string][]byte{pageFile: page.Bytes(), marginFile: margins, growthFile: growth} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
