/*
 * message.h - datagrams between the processes, and a descriptor with each if
 * there is one to pass (unix(7), SCM_RIGHTS).
 *
 * A message comes whole or not at all (SOCK_SEQPACKET), and no signal comes
 * between. A descriptor that nobody waits for is closed by the kernel.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

/* What every question is answered with; a descriptor may come along. */
struct message_answer { int result, error; };

bool message_sockets(int end_r[2]);		/* close-on-exec; false: errno */
/* fd: passed along, and still ours; -1: none. False: errno, EPIPE if nobody is there. */
bool message_send(int socket, const void *, size_t n, int fd);
/* The length; 0: nobody is there any more; -1: errno. fd_r NULL: none is taken; *fd_r -1: none came. */
long message_receive(int socket, void *, size_t room, int *fd_r);

#endif
