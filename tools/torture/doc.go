// Package torture kills the server and its desks with SIGKILL at random moments under load, and then compares every
// acknowledged message with the log: none lost, none twice, none from anybody but the seat's holder. Run it with
// `make torture`; TORTURE_ROUNDS says how often to kill.
package torture
