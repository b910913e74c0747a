// JSON objects as rows of CSV (RFC 4180): every field in quotes, quotes doubled; texts as they are,
// what is nested as JSON, nothing for null and for what is not there. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace retort::engine {

using csv_columns = std::vector<std::string>;

void append_csv_header(const csv_columns& columns, std::string& out);
// `object`: one that we wrote. False, and nothing is appended, for what is none.
bool append_csv_row(std::string_view object, const csv_columns& columns, std::string& out);

}  // namespace retort::engine
