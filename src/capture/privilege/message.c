#define _GNU_SOURCE		/* MSG_CMSG_CLOEXEC */
#include "message.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union control {
	struct cmsghdr header;		/* aligns */
	char room[CMSG_SPACE(sizeof(int))];
};

bool
message_sockets(int end_r[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, end_r) == 0;
}

static void
attach(struct msghdr *message, union control *control, int fd)
{
	struct cmsghdr *c;

	memset(control, 0, sizeof *control);
	message->msg_control = control;
	message->msg_controllen = sizeof control->room;
	c = CMSG_FIRSTHDR(message);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
}

bool
message_send(int socket, const void *p, size_t n, int fd)
{
	struct iovec bytes = { .iov_base = (void *)(size_t)p, .iov_len = n };
	struct msghdr message = { .msg_iov = &bytes, .msg_iovlen = 1 };
	union control control;
	ssize_t sent;

	if (fd >= 0)
		attach(&message, &control, fd);
	do
		sent = sendmsg(socket, &message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent >= 0;
}

static int
detach(struct msghdr *message)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(message);
	int fd = -1;

	if (c != NULL && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof fd))
		memcpy(&fd, CMSG_DATA(c), sizeof fd);
	return fd;
}

long
message_receive(int socket, void *p, size_t room, int *fd_r)
{
	struct iovec bytes = { .iov_base = p, .iov_len = room };
	union control control;
	struct msghdr message;
	ssize_t got;

	do {
		message = (struct msghdr){ .msg_iov = &bytes, .msg_iovlen = 1 };
		if (fd_r != NULL) {
			message.msg_control = &control;
			message.msg_controllen = CMSG_LEN(sizeof *fd_r);	/* padded there would be room for two, and nobody to close them */
		}
		got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	if (fd_r != NULL)
		*fd_r = got > 0 ? detach(&message) : -1;
	if (got > 0 && message.msg_flags & MSG_TRUNC) {
		if (fd_r != NULL && *fd_r >= 0)
			close(*fd_r);
		errno = EMSGSIZE;
		return -1;
	}
	return (long)got;
}
