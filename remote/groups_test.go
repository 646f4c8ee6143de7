package remote

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestNamesOfNothingAreNotKept asks for metadata that there are none of: what is kept must not grow by what clients think of.
func TestNamesOfNothingAreNotKept(t *testing.T) {
	tree, err := Handler(View("group/a", []byte("abc")))
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	for i := range 100 {
		for _, face := range []string{zarr2Face, zarr3Face} {
			w := httptest.NewRecorder()
			tree.ServeHTTP(w, httptest.NewRequest(http.MethodGet, fmt.Sprintf("%sgroup/.z%d", face, i), nil))
			if w.Code != http.StatusNotFound {
				t.Errorf("status %d", w.Code)
			}
		}
	}
	if n := len(tree.groups.texts); n != 0 {
		t.Errorf("%d are kept", n)
	}
}
