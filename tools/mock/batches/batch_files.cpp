#include "tools/mock/batches/batch_files.hpp"

#include <fmt/format.h>

#include "io/base/json_writer.hpp"
#include "tools/mock/batches/multipart.hpp"
#include "tools/mock/dialects/dialect.hpp"

namespace retort::mock {
namespace {

std::string describe(const stored_file& file) {
  std::string text;
  io::json_writer json(text);
  json.open_object();
  json.member("id", file.id);
  json.member("object", "file");
  json.member("bytes", file.content.size());
  json.member("created_at", unix_seconds(file.created));
  json.member("filename", file.filename);
  json.member("purpose", file.purpose);
  json.member("status", "processed");
  json.close_object();
  return text;
}

bool is_purpose(std::string_view text) {
  for (const std::string_view known :
       {"batch", "fine-tune", "assistants", "vision", "user_data", "evals"}) {
    if (text == known) return true;
  }
  return false;
}

}  // namespace

std::int64_t unix_seconds(batch_time when) {
  return std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count();
}

batch_reply refuse_openai(int status, std::string message, std::string_view param,
                          std::string_view code) {
  return {status, openai_chat().word({status, std::move(message), param, code}, "").body};
}

batch_reply batch_files::serve(const request& asked, const batch_route& route, batch_time now) {
  if (route.id.empty()) {
    if (asked.method == "POST") return upload(asked, now);
    return refuse_openai(405, fmt::format("Not allowed to {} files here.", asked.method));
  }
  if (asked.method != "GET") {
    return refuse_openai(405, fmt::format("Not allowed to {} a file here.", asked.method));
  }
  const stored_file* const file = find(route.id);
  if (file == nullptr) return refuse_openai(404, fmt::format("No such File object: {}", route.id));
  if (route.verb.empty()) return {200, describe(*file)};
  if (route.verb == "content") return {200, file->content};
  return refuse_openai(404, fmt::format("Invalid URL ({} {})", asked.method, asked.target));
}

batch_reply batch_files::upload(const request& asked, batch_time now) {
  const auto form = read_form(asked.field("content-type"), asked.body);
  if (!form) return refuse_openai(400, "Could not parse the form: " + form.error().message + ".");
  const form_part* const purpose = find_part(*form, "purpose");
  if (purpose == nullptr) return refuse_openai(400, "'purpose' is a required property", "purpose");
  if (!is_purpose(purpose->body)) {
    return refuse_openai(400, fmt::format("'{}' is not a purpose.", purpose->body), "purpose");
  }
  const form_part* const file = find_part(*form, "file");
  if (file == nullptr) return refuse_openai(400, "'file' is a required property", "file");
  if (purpose->body == "batch" && !file->filename.ends_with(".jsonl")) {
    return refuse_openai(400, "A file for batches has a name that ends in .jsonl.", "file");
  }
  counted_->uploaded();
  return {200,
          describe(add(file->filename, std::string(purpose->body), std::string(file->body), now))};
}

const stored_file& batch_files::add(std::string filename, std::string purpose, std::string content,
                                    batch_time now) {
  std::string id = fmt::format("file-mock{}", files_.size() + 1);
  stored_file file{id, std::move(filename), std::move(purpose), std::move(content), now};
  return files_.emplace(std::move(id), std::move(file)).first->second;
}

const stored_file* batch_files::find(std::string_view id) const {
  const auto found = files_.find(id);
  return found == files_.end() ? nullptr : &found->second;
}

}  // namespace retort::mock
