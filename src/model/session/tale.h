/*
 * tale.h - the events of one session, read back from the vault in the order
 * in which they came.
 *
 * A session may go on while it is read: TALE_NOT_YET is the end for now, and
 * what came since is there at the next call. Where the vault let some of it
 * go, TALE_GONE says so once for each place. All that was given is valid
 * until the next call.
 */
#ifndef TALE_H
#define TALE_H

#include "dissect/event.h"
#include "model/model.h"

enum tale_got { TALE_EVENT, TALE_GONE, TALE_NOT_YET };

struct tale;

struct tale *tale_open(const struct model *, uint32_t session_item);
void tale_close(struct tale **);
/* body: of EV_MAIL_BYTES where its bytes are, to be read with vault_read(); its slice in the event is empty. */
enum tale_got tale_next(struct tale *, struct event *event_r, struct extent *body_r);
unsigned tale_percent(const struct tale *);		/* of what is there now */
uint64_t tale_read(const struct tale *);		/* bytes of tale that were read: what it costs */

#endif
