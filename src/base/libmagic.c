#include "libmagic.h"

#ifdef HAVE_MAGIC
#include <magic.h>
#include <pthread.h>

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static magic_t handle;

bool
libmagic_built_in(void)
{
	return true;
}

/* Without MAGIC_COMPRESS it starts no other program. */
bool
libmagic_open(struct buf *error)
{
	if (handle != NULL)
		return true;
	handle = magic_open(MAGIC_NONE);
	if (handle != NULL && magic_load(handle, NULL) == 0)
		return true;
	buf_text(error, handle != NULL && magic_error(handle) != NULL ? magic_error(handle) : "cannot be opened");
	if (handle != NULL)
		magic_close(handle);
	handle = NULL;
	return false;
}

bool
libmagic_is_open(void)
{
	return handle != NULL;
}

void
libmagic_describe(slice s, struct buf *out)
{
	const char *words;

	pthread_mutex_lock(&turn);
	words = handle != NULL ? magic_buffer(handle, s.p, s.n) : NULL;
	if (words != NULL)
		buf_text(out, words);
	pthread_mutex_unlock(&turn);
}

#else

bool
libmagic_built_in(void)
{
	return false;
}

bool
libmagic_open(struct buf *error)
{
	buf_text(error, "not built in");
	return false;
}

bool
libmagic_is_open(void)
{
	return false;
}

void
libmagic_describe(slice s, struct buf *out)
{
	(void)s;
	(void)out;
}

#endif
