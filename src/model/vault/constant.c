#include "constant.h"

#include <stdatomic.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"

enum { SLOTS = 4 * LIMIT_CONSTANTS };

/* Texts are only ever added: whoever reads looks at those before `count`, and needs no lock. */
static const char *text[LIMIT_CONSTANTS];
static _Atomic uint32_t count;

/* Who adds. */
static atomic_flag busy = ATOMIC_FLAG_INIT;
static uint16_t slot[SLOTS];		/* number, by hash; 0: free */

static uint32_t
hash(const char *s)
{
	uint32_t h = 2166136261u;

	for (; *s != '\0'; s++)
		h = (h ^ (uint8_t)*s) * 16777619u;
	return h;
}

/* Its slot, or the free one where it belongs. */
static size_t
find(const char *s)
{
	size_t at = hash(s) % SLOTS;

	while (slot[at] != 0 && strcmp(text[slot[at] - 1], s) != 0)
		at = (at + 1) % SLOTS;
	return at;
}

static uint32_t
add(const char *s, size_t at)
{
	uint32_t n = atomic_load_explicit(&count, memory_order_relaxed);
	size_t size = strlen(s) + 1;

	if (n == LIMIT_CONSTANTS)
		return 0;
	text[n] = memcpy(xcalloc(size, 1), s, size);
	slot[at] = (uint16_t)(n + 1);
	atomic_store_explicit(&count, n + 1, memory_order_release);
	return n + 1;
}

uint32_t
constant_number(const char *s)
{
	uint32_t number;
	size_t at;

	while (atomic_flag_test_and_set_explicit(&busy, memory_order_acquire))
		;
	at = find(s);
	number = slot[at] != 0 ? slot[at] : add(s, at);
	atomic_flag_clear_explicit(&busy, memory_order_release);
	return number;
}

const char *
constant_text(uint32_t number)
{
	return number != 0 && number <= atomic_load_explicit(&count, memory_order_acquire) ? text[number - 1] : NULL;
}
