#include "write.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

int
write_counted(int fd, slice s, size_t *done_r)
{
	size_t all = s.n;

	*done_r = 0;
	while (s.n > 0) {
		ssize_t n = write(fd, s.p, s.n);

		if (n > 0) {
			s = slice_drop(s, (size_t)n);
			*done_r = all - s.n;
		}
		else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			poll(&(struct pollfd){ .fd = fd, .events = POLLOUT }, 1, -1);
		else if (n < 0 && errno != EINTR)
			return -1;
	}
	return 0;
}

int
write_all(int fd, slice s)
{
	size_t done;

	return write_counted(fd, s, &done);
}
