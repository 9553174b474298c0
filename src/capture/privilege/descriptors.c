#include "descriptors.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/chars.h"
#include "base/limits.h"

/* What is read of the directory is its own descriptor's, which nobody is told of. */
static void
look_at_listed(DIR *all, void (*look)(void *self, int fd), void *self)
{
	const struct dirent *entry;

	while ((entry = readdir(all)) != NULL)
		if (char_is_digit((uint8_t)entry->d_name[0]) && atoi(entry->d_name) != dirfd(all))
			look(self, atoi(entry->d_name));
}

void
descriptors_each(void (*look)(void *self, int fd), void *self)
{
	DIR *all = opendir("/proc/self/fd");

	for (int fd = 0; all == NULL && fd < LIMIT_DESCRIPTORS; fd++)
		look(self, fd);
	if (all == NULL)
		return;
	look_at_listed(all, look, self);
	closedir(all);
}

bool
descriptor_is_packets(int fd)
{
	int domain;
	socklen_t size = sizeof domain;

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_PACKET;
}
