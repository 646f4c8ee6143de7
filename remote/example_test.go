package remote_test

import (
	"context"
	"fmt"
	"log"
	"net/http/httptest"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/remote"
)

func Example() {
	flat, err := memoryview.FromObject([]int16{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
	if err != nil {
		log.Fatal(err)
	}
	matrix, err := flat.Cast("h", 3, 4)
	if err != nil {
		log.Fatal(err)
	}
	tree, err := remote.Handler(remote.View("deep/matrix", matrix, remote.Chunks(2, 2)))
	if err != nil {
		log.Fatal(err)
	}
	defer tree.Close()
	server := httptest.NewServer(tree) // or http.ListenAndServe("localhost:8080", tree)
	defer server.Close()

	ctx := context.Background()
	store, err := remote.Open(ctx, server.URL)
	if err != nil {
		log.Fatal(err)
	}
	a, err := store.Array(ctx, "deep/matrix")
	if err != nil {
		log.Fatal(err)
	}
	v, err := a.Fetch(ctx, "::-1, 1") // fetches two chunks of four
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(v.ToList())
	// Output: [9 5 1] <nil>
}
