#include "terminfo.h"

#include <stdlib.h>

/* As Linux distributions build ncurses; what is not there is left out. */
static const char *const usual[] = {
	"/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo", "/usr/lib/terminfo", "/usr/local/share/terminfo", "/usr/share/misc/terminfo",
};

static void
add(struct buf *out, slice directory, const char *below)
{
	if (directory.n == 0)
		return;
	buf_add(out, directory);
	buf_text(out, below);
	buf_add_byte(out, '\0');
}

static slice
variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL ? slice_of(value) : SLICE_NONE;
}

void
terminfo_directories(struct buf *out)
{
	slice rest = variable("TERMINFO_DIRS"), one;

	add(out, variable("TERMINFO"), "");
	add(out, variable("HOME"), "/.terminfo");
	while (rest.n > 0) {
		slice_cut(rest, ':', &one, &rest);
		add(out, one, "");
	}
	for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
		add(out, slice_of(usual[i]), "");
}
