// What the batch APIs' responses have in common. A dialect says what one batch looks like. Pure;
// any thread.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

#include "providers/dialects/batch_api.hpp"

namespace retort::providers {

using batch_reader = batch_status (*)(simdjson::dom::element batch);

reply<batch_status> read_one_batch(const io::http_response& response, batch_reader read);

// `next_page` is the target of the page behind a batch, but for the batch's id.
reply<batch_page> read_batches(const io::http_response& response, batch_reader read,
                               std::string_view next_page);

// One line of the results; `root` lives until this thread's next line. errc::mismatch for one that
// names no request.
struct batch_line {
  std::string custom_id;
  simdjson::dom::element root;
};
result<batch_line> read_batch_line(std::string_view line);

}  // namespace retort::providers
