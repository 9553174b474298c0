/*
 * dossier.h - one session opened: its transcript, its ladder, its messages.
 *
 * It is made again from what the vault holds of the session's events, in
 * slices, and follows a session that goes on. If the oldest events were let
 * go it begins where it can, and says so.
 */
#ifndef DOSSIER_H
#define DOSSIER_H

#include "ladder.h"
#include "model/model.h"
#include "record/row.h"

struct dossier;

struct dossier *dossier_open(struct model *, uint32_t session_item, bool secrets);
void dossier_close(struct dossier **);
uint32_t dossier_item(const struct dossier *);

/* Reads on until machine_steady() says `until`. True: there is more to read now. */
bool dossier_work(struct dossier *, nstime until);
unsigned dossier_percent(const struct dossier *);
bool dossier_gone(const struct dossier *);		/* some of the events were let go */
bool dossier_truncated(const struct dossier *);	/* a limit was hit: more rows came than are kept */
uint64_t dossier_version(const struct dossier *);	/* another number when rows or rungs were added */

size_t dossier_rows(const struct dossier *);
size_t dossier_findings(const struct dossier *);	/* of the rows */
struct row dossier_row(const struct dossier *, size_t);	/* valid until the next work */
const struct ladder *dossier_ladder(const struct dossier *);
nstime dossier_start(const struct dossier *);

/*
 * Rows stand in the order in which things became known. They are read in
 * nearly the same one, but findings below what they speak of (places.h): the
 * row that is read at a place from 0 on, and the place of a row.
 */
size_t dossier_read(const struct dossier *, size_t place);
size_t dossier_place(const struct dossier *, size_t row);

/* The row that tells these bytes, or the nearest before them; SIZE_MAX: none. */
size_t dossier_row_at(const struct dossier *, enum dir, uint64_t offset, uint64_t packet);
/* Where segments began among the bytes that the row tells, as offsets in its stream. False: no more. */
bool dossier_edge(const struct dossier *, size_t row, size_t n, uint64_t *offset_r);

/* Its records as known now; read again from the model with each call. False: let go. */
bool dossier_unit(struct dossier *, struct unit *unit_r);
/* Messages of the session, in order: items of the model. */
size_t dossier_messages(const struct dossier *);
uint32_t dossier_message(const struct dossier *, size_t);

#endif
