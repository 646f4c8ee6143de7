package browser

const (
	testdata = "../testdata/"
	files    = "../../../arrayfile/testdata/"
)

// samples are files of every kind that there is.
func samples() []string {
	return []string{testdata + "events.npy", testdata + "photo.npy", testdata + "floats.npy", files + "many.npz", files + "types.safetensors", files + "pcm16.wav", files + "palette.png"}
}

// views are addresses of every view, of arrays of different kinds.
func views() map[string]string {
	return map[string]string{
		"table-records": "file=" + testdata + "events.npy",
		"table-matrix":  "file=" + testdata + "photo.npy&slice=[:, :, 0]&row=10&column=3",
		"table-leading": "file=" + testdata + "photo.npy&at=5",
		"picture":       "file=" + testdata + "photo.npy&view=picture",
		"heat":          "file=" + testdata + "floats.npy&view=picture",
		"no-picture":    "file=" + testdata + "events.npy&view=picture",
		"statistics":    "file=" + testdata + "events.npy&view=statistics",
		"figures":       "file=" + testdata + "photo.npy&slice=[..., 1]&view=statistics",
		"bytes-records": "file=" + testdata + "events.npy&view=bytes",
		"bytes":         "file=" + testdata + "photo.npy&slice=[::2, ::2]&view=bytes",
		"layout":        "file=" + testdata + "photo.npy&slice=[::-1, ::2]&view=layout",
		"layout-record": "file=" + testdata + "events.npy&view=layout",
		"wrong-slice":   "file=" + testdata + "photo.npy&slice=[0, 99]",
		"no-items":      "file=" + testdata + "photo.npy&slice=[:0]",
		"no-file":       "file=gone.npy",
	}
}
