/*
 * how.c - what somebody does who may not capture yet.
 */
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/chars.h"
#include "privilege.h"

/* For a shell. */
static void
add_quoted(struct buf *out, slice path)
{
	bool plain = true;

	for (size_t i = 0; i < path.n; i++)
		plain &= char_is_alnum(path.p[i]) || strchr("/._-+", path.p[i]) != NULL;
	buf_text(out, plain ? "" : "'");
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] == '\'')
			buf_text(out, "'\\''");
		else
			buf_add_byte(out, path.p[i]);
	buf_text(out, plain ? "" : "'");
}

static bool
has_no_setuid(const char *path)
{
	struct statvfs fs;

	return statvfs(path, &fs) == 0 && fs.f_flag & ST_NOSUID;
}

/* Promiscuous mode is asked for by PACKET_ADD_MEMBERSHIP, packet(7): it needs no more than the socket does. */
void
privilege_how_to_capture(struct buf *out)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);

	path[n > 0 ? n : 0] = '\0';
	if (privilege_is_root())
		buf_text(out, "this root has no CAP_NET_RAW: a container is started with --cap-add NET_RAW, a service with AmbientCapabilities=");
	else if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		buf_text(out, "run as root: nothing that is started here can have more rights (no_new_privs is set)");
	else if (n <= 0 || has_no_setuid(path))
		buf_text(out, "run as root (capabilities of files have no effect on the file system of this program: it is mounted nosuid)");
	else {
		buf_text(out, "run as root, or once: sudo setcap cap_net_raw+ep ");
		add_quoted(out, (slice){ (const uint8_t *)path, (size_t)n });
	}
}
