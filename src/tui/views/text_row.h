/*
 * text_row.h - what is known of a row of a transcript beside what it says:
 * where it stands, what it means, what it belongs to.
 */
#ifndef TEXT_ROW_H
#define TEXT_ROW_H

#include "tui/widgets/sheet.h"

#define NO_ROW  SIZE_MAX

/* Places are those of dossier_read(). */
struct row text_row(const struct dossier *, size_t place);
/* The row that is read above that place and is no finding. False: there is none near. */
bool text_row_above(const struct dossier *, size_t place, struct row *above_r);
/* Does it tell of a message: how long, from whom, which parts? */
bool text_is_of_message(const struct row *);
/* The place of the row that answers this one, or that it answers. NO_ROW: none near. */
size_t text_partner(const struct dossier *, size_t place);

/* Below what is in the sheet: time, packet, bytes. */
void text_say_origin(struct sheet *, const struct sheet_look *, const struct row *, int x, int right, bool with_time);
/* All of it. said: EXPLAINED_… of explain.h, what stands above already; EXPLAINED_PLACE: the origin, too. */
void text_say_details(struct sheet *, const struct sheet_look *, const struct dossier *, size_t place, int x, int right,
    unsigned said);

#endif
