/*
 * dissector.h - what a protocol is, and what it may ask for.
 *
 * A dissector is a constant table of functions and a block of state. It is
 * pushed bytes, in order, from both ends of one connection, and answers with
 * events. It never sees a packet, a socket, a thread or a sink.
 *
 * A filter (TLS) is a dissector that forwards instead of, or besides,
 * emitting. There is no second kind of thing.
 *
 *	packets -> reassembly -> [ tls ] -> smtp -> events
 *
 * The law: the same bytes give the same events, wherever they were cut.
 * No mutable file-scope variable in a dissector: all state is in its layer.
 */
#ifndef DISSECTOR_H
#define DISSECTOR_H

#include "event.h"

struct arena;
struct layer;				/* my place in one connection's stack */

enum probe {
	PROBE_NO,			/* not mine */
	PROBE_MORE,			/* ask again with more bytes */
	PROBE_YES,			/* mine */
	PROBE_FLIPPED			/* mine, but the capture's client is the server */
};

struct hint {				/* the first bytes of a connection */
	slice head[2];			/* by enum dir; at most LIMIT_HEAD of each */
	uint16_t port;			/* of the presumed server */
	bool mail_port;			/* that port is taken for mail without looking (--ports, -d) */
	bool whole;			/* the handshake was seen */
	bool first_server;		/* the server's first byte came before the client's */
	bool last;			/* nothing more will come: PROBE_MORE is PROBE_NO */
};

struct dissector {
	const char *name;		/* "smtp": the folder's name */
	const char *summary;		/* one line for the list in -V */
	size_t state_size;		/* zeroed at open, freed by the stack after close */
	int rank;			/* probes are asked in this order, lowest first; < 0: never probed, only inserted */

	enum probe (*probe)(const struct hint *);
	void   (*open)(struct layer *);
	/*
	 * data() returns how much it took. What it leaves, the stack keeps (at
	 * most LIMIT_KEPT) and offers again, with what came behind it, when the
	 * other direction has delivered bytes, a gap or its eof. At the cap, and
	 * at once in a one-sided flow, decide() is called first: assume the reply
	 * that lets the bytes make sense, and take them (`after_gap`).
	 */
	size_t (*data)(struct layer *, enum dir, slice);
	void   (*decide)(struct layer *, enum dir);
	void   (*gap)(struct layer *, enum dir, uint64_t missing);	/* never while bytes of dir are kept: they are decided first */
	void   (*eof)(struct layer *, enum dir);			/* dir will send no more */
	/*
	 * The last call; emits what is left open. A layer that retired gets
	 * none: what it holds must stand in its state or in layer_arena().
	 */
	void   (*close)(struct layer *, enum why, enum dir);
	/* Bytes that it holds besides its state, for the budget: asked after every call, so it must be quick. May be NULL. */
	size_t (*memory)(struct layer *);
};

/* The registry: all dissectors, ended by NULL; made from the folders of dissectors/ at build time. */
extern const struct dissector *const dissectors[];

void  *layer_state(struct layer *);
struct arena *layer_arena(struct layer *);		/* lives as long as the session */
bool   layer_wanted(struct layer *, uint32_t want);	/* is anybody listening to any of these? WANT(EV_MAIL_BYTES) | WANT_SHA256 */

/*
 * Begins an event of this layer, with `at` filled as of the bytes given now:
 * packet, time, dir, decrypted; offset and length are 0. The member of `u` is
 * the caller's to set, as a whole.
 */
void   layer_event(struct layer *, enum ev_kind, enum dir, struct event *ev_r);
void   layer_emit(struct layer *, struct event *);	/* it gets its session's number here */
/* A finding. Evidence: `length` bytes of dir from `offset` on, in the packet given now. mail: the transaction, or 0. */
void   layer_note(struct layer *, enum finding, enum dir, uint64_t offset, uint64_t length, uint32_t mail, slice detail);

uint64_t layer_offset(struct layer *, enum dir);	/* stream offset of the first byte of the slice given now (between calls: of the next) */
struct origin layer_origin(struct layer *);		/* the packet of the bytes given now */
nstime layer_handshake_done(struct layer *);		/* time of the ACK that completed the handshake, or NSTIME_NONE */
slice  layer_kept(struct layer *, enum dir);		/* bytes of dir that the stack keeps, to peek at; not those given now */
/* While bytes of the other direction are given: what is kept of dir comes first, and is offered now. */
void   layer_offer(struct layer *, enum dir);
bool   layer_midstream(struct layer *);			/* the connection's start was not captured */
bool   layer_one_sided(struct layer *);			/* only one direction was captured */
uint16_t layer_port(struct layer *);			/* the server's */
bool   layer_eof(struct layer *, enum dir);		/* that side has ended */

/* For filters, upward. What the layer above does not take is kept for it by the stack. */
void   layer_forward(struct layer *, enum dir, slice);
void   layer_forward_gap(struct layer *, enum dir, uint64_t missing);
void   layer_forward_eof(struct layer *, enum dir);

/*
 * Put a filter under me. From then on it gets the bytes of both directions,
 * first those kept, then those behind what the current data() call returns.
 * False: no such dissector, the stack is full, or LIMIT_INSERTIONS were made.
 */
bool   layer_insert(struct layer *, const char *name);
bool   layer_has_below(struct layer *);			/* is a filter under me? (bytes come through it; one that has retired with PASS is none) */

enum retire { LAYER_PASS, LAYER_DROP };
/*
 * PASS: step out of the chain; what data() did not take, and all that follows,
 * goes to the layer above. DROP: only count what follows.
 */
void   layer_retire(struct layer *, enum retire);

#endif
