#include "program.h"

#include <stdlib.h>

#include "base/err.h"

enum { VERDICTS = 64, NEAR = 256 };

struct line {				/* an instruction whose jumps are still names */
	uint16_t code, yes, no;
	uint32_t k;
	bool far;			/* a conditional jump with long ones behind it */
	unsigned at;
};

struct program {
	struct line line[LIMIT_PORT_FILTER];
	unsigned n;
	unsigned place[PROGRAM_LABELS];	/* the line behind a label */
	unsigned verdict[VERDICTS];	/* lines that reject; that behind each accepts */
	unsigned verdicts;
	uint32_t snaplen;
};

struct program *
program_new(uint32_t snaplen)
{
	struct program *p = xcalloc(1, sizeof *p);

	p->snaplen = snaplen;
	return p;
}

void
program_free(struct program **pp)
{
	free(*pp);
	*pp = NULL;
}

/* Writing. */

static struct line *
add_line(struct program *p, int code, uint32_t k)
{
	CHECK(p->n < LIMIT_PORT_FILTER);
	p->line[p->n] = (struct line){ .code = (uint16_t)code, .k = k };
	return &p->line[p->n++];
}

void
program_add(struct program *p, int code, uint32_t k)
{
	(void)add_line(p, code, k);
}

void
program_put(struct program *p, unsigned label)
{
	CHECK(label >= PROGRAM_LABEL && label < PROGRAM_LABELS);
	p->place[label] = p->n;
}

void
program_put_verdicts(struct program *p)
{
	CHECK(p->verdicts < VERDICTS);
	p->verdict[p->verdicts++] = p->n;
	program_add(p, BPF_RET | BPF_K, 0);
	program_add(p, BPF_RET | BPF_K, p->snaplen);
}

void
program_jump(struct program *p, unsigned to)
{
	add_line(p, BPF_JMP | BPF_JA, 0)->yes = (uint16_t)to;
}

void
program_branch(struct program *p, int how, uint32_t k, unsigned yes, unsigned no)
{
	struct line *l = add_line(p, BPF_JMP | how | BPF_K, k);

	l->yes = (uint16_t)yes;
	l->no = (uint16_t)no;
}

/* Assembling. */

static bool
is_conditional(const struct line *l)
{
	return BPF_CLASS(l->code) == BPF_JMP && BPF_OP(l->code) != BPF_JA;
}

/* Where each line comes to stand; returns the length of all. */
static unsigned
lay_out(struct program *p)
{
	unsigned at = 0;

	for (unsigned i = 0; i < p->n; i++) {
		p->line[i].at = at;
		at += p->line[i].far ? 3 : 1;
	}
	return at;
}

static unsigned
next_verdict(const struct program *p, unsigned i)
{
	unsigned v = 0;

	while (v < p->verdicts && p->verdict[v] <= i)
		v++;
	CHECK(v < p->verdicts);
	return p->verdict[v];
}

static unsigned
line_of(const struct program *p, unsigned i, unsigned label)
{
	switch (label) {
	case PROGRAM_NEXT:
		return i + 1;
	case PROGRAM_REJECT:
		return next_verdict(p, i);
	case PROGRAM_ACCEPT:
		return next_verdict(p, i) + 1;
	}
	return p->place[label];
}

/* Where the jump in line i leads. */
static unsigned
target(const struct program *p, unsigned i, unsigned label)
{
	unsigned to = line_of(p, i, label);

	CHECK(to > i && to < p->n);
	return p->line[to].at;
}

/* True: a jump was found to be far, and lines move. */
static bool
find_far(struct program *p)
{
	bool found = false;

	for (unsigned i = 0; i < p->n; i++) {
		struct line *l = &p->line[i];

		if (!is_conditional(l) || l->far)
			continue;
		l->far = target(p, i, l->yes) - l->at > NEAR || target(p, i, l->no) - l->at > NEAR;
		found |= l->far;
	}
	return found;
}

static void
write_line(const struct program *p, unsigned i, struct bpf_insn *to)
{
	const struct line *l = &p->line[i];
	unsigned behind = l->at + 1;		/* jumps count from there */

	*to = (struct bpf_insn){ .code = l->code, .k = l->k };
	if (BPF_CLASS(l->code) != BPF_JMP)
		return;
	if (!is_conditional(l))
		to->k = target(p, i, l->yes) - behind;
	else if (!l->far) {
		to->jt = (u_char)(target(p, i, l->yes) - behind);
		to->jf = (u_char)(target(p, i, l->no) - behind);
	} else {
		to->jf = 1;
		to[1] = (struct bpf_insn){ .code = BPF_JMP | BPF_JA, .k = target(p, i, l->yes) - behind - 1 };
		to[2] = (struct bpf_insn){ .code = BPF_JMP | BPF_JA, .k = target(p, i, l->no) - behind - 2 };
	}
}

unsigned
program_write(struct program *p, struct bpf_insn insn[LIMIT_PORT_FILTER])
{
	unsigned n;

	do
		n = lay_out(p);
	while (find_far(p));
	CHECK(n <= LIMIT_PORT_FILTER);
	for (unsigned i = 0; i < p->n; i++)
		write_line(p, i, &insn[p->line[i].at]);
	return n;
}
