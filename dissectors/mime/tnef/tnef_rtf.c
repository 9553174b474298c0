#include "tnef_rtf.h"

#include "base/read.h"

enum state { HEAD, FLAGS, TOKEN, SECOND };

enum { LZFU = 0x75465a4c, MELA = 0x414c454d, SHORTEST = 2, TOKENS = 8 };

/* MS-OXRTFCP 2.1.3.1.2: what the window holds before the first byte. */
static const char beginning[] =
	"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbol"
	"ArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

void
tnef_rtf_init(struct tnef_rtf *r, void *self, void (*bytes)(void *self, slice))
{
	*r = (struct tnef_rtf){ .self = self, .bytes = bytes, .state = HEAD };
	memcpy(r->window, beginning, sizeof beginning - 1);
	r->at = r->told = sizeof beginning - 1;
}

static void
tell(struct tnef_rtf *r)
{
	slice text = { r->window + r->told, (size_t)(r->at - r->told) };

	if (text.n > 0)
		r->bytes(r->self, text);
	r->told = r->at;
}

static void
put(struct tnef_rtf *r, uint8_t c)
{
	if (r->done)
		return;
	r->done = --r->left == 0;
	r->window[r->at++] = c;
	if (r->at == TNEF_RTF_WINDOW) {
		tell(r);
		r->at = r->told = 0;
	}
}

static slice
read_head(struct tnef_rtf *r, slice in)
{
	slice more = slice_take(in, sizeof r->head - r->nhead);
	struct reader head = reader_of((slice){ r->head + 4, sizeof r->head - 4 });
	uint32_t kind;

	memcpy(r->head + r->nhead, more.p, more.n);
	r->nhead = (uint8_t)(r->nhead + more.n);
	if (r->nhead == sizeof r->head) {
		r->left = read_le32(&head);
		kind = read_le32(&head);
		r->packed = kind == LZFU;
		r->done = r->left == 0;
		r->broken = kind != LZFU && kind != MELA;
		r->state = FLAGS;
	}
	return slice_drop(in, more.n);
}

/* Twelve bits of place, four of length; the place where the next byte goes says that the text ends. */
static void
copy(struct tnef_rtf *r, unsigned reference)
{
	unsigned from = reference >> 4;

	if (from == r->at) {
		r->done = true;
		return;
	}
	for (unsigned n = (reference & 15) + SHORTEST; n > 0; n--, from = (from + 1) % TNEF_RTF_WINDOW)
		put(r, r->window[from]);
}

static void
next_token(struct tnef_rtf *r)
{
	r->state = --r->nflags > 0 ? TOKEN : FLAGS;
	r->flags >>= 1;
}

static void
read_byte(struct tnef_rtf *r, uint8_t c)
{
	if (r->state == FLAGS) {
		r->flags = c;
		r->nflags = TOKENS;
		r->state = TOKEN;
	} else if (r->state == SECOND) {
		copy(r, (unsigned)r->first << 8 | c);
		next_token(r);
	} else if ((r->flags & 1) != 0) {
		r->first = c;
		r->state = SECOND;
	} else {
		put(r, c);
		next_token(r);
	}
}

static void
read_plain(struct tnef_rtf *r, slice in)
{
	in = slice_take(in, r->left);
	if (in.n > 0)
		r->bytes(r->self, in);
	r->left -= (uint32_t)in.n;
	r->done = r->left == 0;
}

void
tnef_rtf_feed(struct tnef_rtf *r, slice in)
{
	while (r->state == HEAD && in.n > 0 && !r->broken)
		in = read_head(r, in);
	if (r->state != HEAD && !r->packed && !r->broken) {
		read_plain(r, in);
		return;
	}
	for (; in.n > 0 && !r->done && !r->broken; in = slice_drop(in, 1))
		read_byte(r, in.p[0]);
	tell(r);
}
