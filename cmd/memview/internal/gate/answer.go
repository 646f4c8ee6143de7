package gate

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// refuse answers with an error as JSON: {"error": "..."}.
func refuse(w http.ResponseWriter, status int, format string, args ...any) {
	Error(w, status, fmt.Sprintf(format, args...))
}

// Error answers {"error": message}, as the gate itself does.
func Error(w http.ResponseWriter, status int, message string) {
	text, err := json.Marshal(map[string]string{"error": message})
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(`{"error":"unknown"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(append(text, '\n')) // who does not read the answer has gone
}
