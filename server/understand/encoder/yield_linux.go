package encoder

import "syscall"

// niceness of the threads that read, of -20 to 19. At 10 a thread gets about a tenth of what an ordinary one does where both want
// the processor (kernel/sched/core.c, sched_prio_to_weight: 110 to 1024), so that reading slows down and never stops.
const niceness = 10

// yieldToOthers lowers the priority of the calling thread. On Linux it is a thread's own, whatever POSIX says. That it can't be
// lowered changes nothing but speed.
func yieldToOthers() { _ = syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), niceness) }
