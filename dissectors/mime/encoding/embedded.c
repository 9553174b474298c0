#include "embedded.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "cte_inside.h"

enum { LINE = 1024 };			/* held of a line that may begin a file, or is of one */

enum state {
	TEXT,
	UU_PROOF,			/* behind "begin 644 name" */
	BINHEX_PROOF,			/* behind "(This file must be converted" */
	UU, YENC, BINHEX		/* in a file */
};

struct embedded {
	struct embedded_user user;
	enum state state;
	bool skip;			/* the rest of the line is of no interest */
	bool holed;			/* a gap in the file */
	struct buf line;		/* of earlier pieces */
	struct buf name;
	struct cte_stream file;
};

static void take_text_line(struct embedded *, slice line);

static void
take_bytes(void *self, slice bytes)
{
	struct embedded *e = self;

	e->user.bytes(e->user.self, bytes);
}

static void
begin(struct embedded *e, enum state state, enum cte kind, slice name)
{
	e->state = state;
	cte_init(&e->file, kind, &(struct cte_user){ e, take_bytes });
	e->user.begin(e->user.self, kind, name);
}

static void
end(struct embedded *e)
{
	e->state = TEXT;
	cte_finish(&e->file);
	e->user.end(e->user.self, !e->holed && !e->file.told.no_end, &e->file.told);
}

/* --- uuencode --- */

static void
take_uu_line(struct embedded *e, slice line)
{
	bool last = slice_starts(line, S("end"));

	if (!last && line.n > 0 && !cte_uu_holds(line)) {
		end(e);
		take_text_line(e, line);
		return;
	}
	cte_feed(&e->file, line);
	cte_feed(&e->file, S("\n"));
	if (e->file.n == CTE_BEHIND)
		end(e);
}

static void
take_uu_proof(struct embedded *e, slice line)
{
	if (!cte_uu_holds(line)) {
		e->state = TEXT;
		take_text_line(e, line);
		return;
	}
	begin(e, UU, CTE_UU, buf_slice(&e->name));
	e->file.n = CTE_INSIDE;
	take_uu_line(e, line);
}

/* --- BinHex 4.0 (RFC 1741, appendix A) --- */

static int
binhex_value(uint8_t c)
{
	static const char letters[] = "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";
	const char *at = c != '\0' ? strchr(letters, c) : NULL;

	return at ? (int)(at - letters) : -1;
}

/* Bytes of the first line: six bits a letter, and 0x90 and a count repeat the byte before; a count of 0 is 0x90 itself. */
static void
binhex_decode(slice letters, struct buf *out)
{
	uint32_t bits = 0;
	unsigned have = 0;
	bool repeat = false;

	for (size_t i = 0; i < letters.n && binhex_value(letters.p[i]) >= 0; i++) {
		bits = bits << 6 | (uint32_t)binhex_value(letters.p[i]);
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		uint8_t byte = (uint8_t)(bits >> have);

		if (!repeat && byte == 0x90) {
			repeat = true;
			continue;
		}
		if (!repeat || byte == 0)
			buf_add_byte(out, repeat ? 0x90 : byte);
		for (unsigned n = 1; repeat && n < byte && out->n > 0; n++)
			buf_add_byte(out, out->p[out->n - 1]);
		repeat = false;
	}
}

static void
take_binhex_line(struct embedded *e, slice line)
{
	e->file.told.no_end = line.n == 0 || line.p[line.n - 1] != ':';
	if (!e->file.told.no_end)
		end(e);
}

/* The file's name stands in front: its length, then its bytes. */
static void
take_binhex_proof(struct embedded *e, slice line)
{
	slice name;

	if (line.n == 0)
		return;
	e->state = TEXT;
	if (line.p[0] != ':') {
		take_text_line(e, line);
		return;
	}
	buf_clear(&e->name);
	binhex_decode(slice_drop(line, 1), &e->name);
	name = buf_slice(&e->name);
	begin(e, BINHEX, CTE_UNKNOWN, name.n > 0 ? slice_take(slice_drop(name, 1), name.p[0]) : SLICE_NONE);
	take_binhex_line(e, slice_drop(line, 1));
}

/* --- text --- */

static bool
yenc_begins(slice line, slice *name_r)
{
	static const slice key = SLICE(" name=");

	if (!slice_starts(line, S("=ybegin ")))
		return false;
	while (line.n >= key.n && !slice_starts(line, key))
		line = slice_drop(line, 1);
	*name_r = slice_trim(slice_drop(line, key.n));
	return name_r->n > 0;
}

static void
take_text_line(struct embedded *e, slice line)
{
	slice name;

	e->holed = false;
	if (cte_uu_begins(line, &name)) {
		e->state = UU_PROOF;
		buf_clear(&e->name);
		buf_add(&e->name, name);
	} else if (yenc_begins(line, &name)) {
		begin(e, YENC, CTE_YENC, name);
		cte_feed(&e->file, line);
		cte_feed(&e->file, S("\n"));
	} else if (slice_starts(line, S("(This file must be converted"))) {
		e->state = BINHEX_PROOF;
	}
}

static void
take_line(struct embedded *e, slice line)
{
	line = slice_chomp(line);
	switch (e->state) {
	case TEXT:
		take_text_line(e, line);
		break;
	case UU_PROOF:
		take_uu_proof(e, line);
		break;
	case BINHEX_PROOF:
		take_binhex_proof(e, line);
		break;
	case UU:
		take_uu_line(e, line);
		break;
	case BINHEX:
		take_binhex_line(e, line);
		break;
	case YENC:
		break;
	}
}

/* Could a file begin with this line? */
static bool
is_promising(uint8_t first)
{
	return first == 'b' || first == '=' || first == '(';
}

/* A line, or as much of one as the piece has. */
static void
take_piece(struct embedded *e, slice piece, bool ended)
{
	if (e->skip || (e->state == TEXT && e->line.n == 0 && piece.n > 0 && !is_promising(piece.p[0]))) {
		e->skip = !ended;
	} else if (ended && e->line.n == 0) {
		take_line(e, slice_take(piece, LINE));
	} else {
		buf_add(&e->line, piece);
		if (ended) {
			take_line(e, buf_slice(&e->line));
			buf_clear(&e->line);
		}
	}
}

/* Its data is no lines that could be held: it goes to the decoder as it comes. */
static void
take_yenc(struct embedded *e, slice piece, bool ended)
{
	cte_feed(&e->file, piece);
	if (ended)
		cte_feed(&e->file, S("\n"));
	if (ended && e->file.n == CTE_BEHIND)
		end(e);
}

void
embedded_feed(struct embedded *e, slice in)
{
	slice piece;
	bool ended;

	for (; in.n > 0; in = slice_drop(in, piece.n + ended)) {
		piece = in;
		ended = slice_find(in, '\n', &piece.n);
		if (e->state == YENC)
			take_yenc(e, piece, ended);
		else
			take_piece(e, piece, ended);
	}
}

/* What stands before the next line end is unknown; what was promised before the gap must be proved behind it. */
void
embedded_gap(struct embedded *e, uint64_t missing)
{
	buf_clear(&e->line);
	e->skip = e->state != YENC;
	e->holed = true;
	if (e->state == YENC)
		cte_gap(&e->file, missing);
}

void
embedded_finish(struct embedded *e)
{
	if (e->line.n > 0)
		take_line(e, buf_slice(&e->line));
	buf_clear(&e->line);
	if (e->state >= UU)
		end(e);
	e->state = TEXT;
}

struct embedded *
embedded_new(const struct embedded_user *user)
{
	struct embedded *e = xcalloc(1, sizeof *e);

	e->user = *user;
	buf_init(&e->line, LINE);
	buf_init(&e->name, LINE);
	return e;
}

void
embedded_free(struct embedded **ep)
{
	struct embedded *e = *ep;

	*ep = NULL;
	if (e == NULL)
		return;
	buf_fini(&e->line);
	buf_fini(&e->name);
	free(e);
}

size_t
embedded_memory(const struct embedded *e)
{
	return sizeof *e + e->line.cap + e->name.cap;
}
