/*
 * program.h - classic BPF, written with labels.
 *
 * Jumps go forward only, and a conditional one no further than 255
 * instructions: where a label is further away, it becomes one with two long
 * jumps behind it. Verdicts are put at many places, and the nearest is taken.
 *
 * Written once, by the program itself: what does not fit, or a label that was
 * not put, is a mistake of ours (CHECK).
 */
#ifndef LIVE_PROGRAM_H
#define LIVE_PROGRAM_H

#include <pcap/pcap.h>

#include "base/limits.h"
#include "base/slice.h"

enum {				/* labels that are always there */
	PROGRAM_NEXT,		/* the instruction behind */
	PROGRAM_ACCEPT, PROGRAM_REJECT,
	PROGRAM_LABEL,		/* from here on they are the writer's … */
	PROGRAM_LABELS = 512	/* … up to here */
};

struct program;

struct program *program_new(uint32_t snaplen);	/* what is accepted is cut there */
void program_free(struct program **);

void program_add(struct program *, int code, uint32_t k);		/* any instruction but a jump */
void program_put(struct program *, unsigned label);			/* the instruction that is added next */
void program_put_verdicts(struct program *);
void program_jump(struct program *, unsigned to);
void program_branch(struct program *, int how, uint32_t k, unsigned yes, unsigned no);	/* how: BPF_JEQ, BPF_JGT, BPF_JSET of A with k */
unsigned program_write(struct program *, struct bpf_insn insn[LIMIT_PORT_FILTER]);		/* how many */

#endif
