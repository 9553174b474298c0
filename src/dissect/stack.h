/*
 * stack.h - one connection's layers: finds the protocol, keeps what must
 * wait, hands bytes up.
 *
 * The stack is driven by what reassembly says (data, gap, eof, close) and
 * speaks to one emit function. Until a dissector has said yes it keeps the
 * first LIMIT_HEAD bytes of each direction; after all have said no it is
 * STACK_REJECTED, and wants no more bytes.
 */
#ifndef STACK_H
#define STACK_H

#include "dissector.h"

struct stack;

struct stack_user {
	void *self;
	uint32_t wants;						/* all sinks' together */
	/* at.session is 0: the receiver fills it. */
	void (*emit)(void *self, struct stack *, struct event *);
	/*
	 * A dissector was found; called before its open(). `flipped`: the
	 * capture's client is the protocol's server. The stack itself turns
	 * every dir that it is given from now on; the events have it right.
	 */
	void (*found)(void *self, struct stack *, const struct dissector *, bool flipped);
};

struct stack_conn {
	uint16_t port;			/* of the presumed server */
	bool mail_port;
	const char *forced;		/* a dissector's name (-d), or NULL */
	bool midstream;
	nstime handshake_done;		/* or NSTIME_NONE */
};

enum stack_state { STACK_PROBING, STACK_FOUND, STACK_REJECTED };

struct stack *stack_new(const struct stack_user *, void *tag, const struct stack_conn *);
void  stack_free(struct stack **);
void *stack_tag(struct stack *);
bool  stack_flipped(const struct stack *);
/* The first LIMIT_HEAD bytes of dir, when no protocol was found, those given after the rejection too: "what was spoken instead". */
slice stack_head(const struct stack *, enum dir);
enum stack_state stack_state(const struct stack *);

void stack_data(struct stack *, enum dir, slice, struct origin);
void stack_gap(struct stack *, enum dir, uint64_t missing, struct origin);
void stack_eof(struct stack *, enum dir, struct origin);
void stack_one_sided(struct stack *, struct origin);	/* the other direction will not come */
void stack_close(struct stack *, enum why, enum dir who, struct origin);
/* Bytes of dir still kept (0 almost always), and memory taken: for the budget. */
size_t stack_memory(const struct stack *);

#endif
