/*
 * fuzz_address.c - address lists of any bytes. What is told is not longer than
 * what was read, and written well formed it is read back the same.
 */
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "dissectors/mime/header/address.h"

struct list {
	struct buf text;	/* well formed, one mailbox behind the other with a comma */
	struct buf told;	/* the same mailboxes, as told */
	size_t n, bytes;
};

static bool
is_atext(uint8_t c)
{
	return char_is_alnum(c) || c >= 0x80 || (c != 0 && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* RFC 5322 3.4.1: "dot-atom@dot-atom". What is odder may be read otherwise a second time. */
static bool
is_plain(slice address)
{
	slice half, rest = address;
	bool more, two = false;

	for (size_t i = 0; i < address.n; i++) {
		if (!is_atext(address.p[i]) && address.p[i] != '.' && address.p[i] != '@')
			return false;
	}
	do {
		more = slice_cut(rest, '@', &half, &rest);
		if (half.n == 0 || (more && two))
			return false;
		two |= more;
	} while (more);
	return two;
}

static void
write_mailbox(struct buf *out, slice name, slice address)
{
	if (name.n > 0) {
		buf_text(out, "\"");
		for (size_t i = 0; i < name.n; i++) {
			if (name.p[i] == '"' || name.p[i] == '\\')
				buf_add_byte(out, '\\');
			buf_add_byte(out, name.p[i]);
		}
		buf_text(out, "\" ");
	}
	buf_text(out, "<");
	buf_add(out, address);
	buf_text(out, ">, ");
}

static void
add_told(struct list *l, slice name, slice address)
{
	buf_add(&l->told, name);
	buf_add_byte(&l->told, '\n');
	buf_add(&l->told, address);
	buf_add_byte(&l->told, '\n');
}

static void
on_mailbox(void *self, const struct mailbox *m)
{
	struct list *l = self;

	l->n++;
	l->bytes += m->name.n + m->address.n;
	CHECK(!m->group_only || (m->name.n == 0 && m->address.n == 0));
	if (m->group_only || !is_plain(m->address))
		return;
	write_mailbox(&l->text, m->name, m->address);
	add_told(l, m->name, m->address);
}

static void
on_again(void *self, const struct mailbox *m)
{
	CHECK(m->group.n == 0 && !m->group_only);
	add_told(self, m->name, m->address);
}

static void
list_init(struct list *l)
{
	*l = (struct list){ 0 };
	buf_init(&l->text, SIZE_MAX);
	buf_init(&l->told, SIZE_MAX);
}

static void
list_fini(struct list *l)
{
	buf_fini(&l->text);
	buf_fini(&l->told);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct list first, again;

	list_init(&first);
	list_init(&again);
	address_parse((slice){ data, size }, on_mailbox, &first);
	CHECK(first.n <= size + 1);
	CHECK(first.bytes <= 2 * size);		/* the phrase and the plain words are the same bytes */
	address_parse(buf_slice(&first.text), on_again, &again);
	CHECK(slice_eq(buf_slice(&first.told), buf_slice(&again.told)));
	list_fini(&first);
	list_fini(&again);
	return 0;
}
