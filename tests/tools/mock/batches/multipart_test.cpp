#include "tools/mock/batches/multipart.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace retort;
using namespace retort::mock;

namespace {

const std::string plain = "multipart/form-data; boundary=b";

std::string complaint(std::string_view content_type, std::string_view body) {
  const auto form = read_form(content_type, body);
  if (!form) CHECK(form.error().code == errc::protocol);
  return form ? "" : form.error().message;
}

std::string one_part(std::string_view headers, std::string_view body) {
  return "--b\r\n" + std::string(headers) + "\r\n\r\n" + std::string(body) + "\r\n--b--\r\n";
}

form_part only_part(std::string_view content_type, std::string_view body) {
  const auto form = read_form(content_type, body);
  REQUIRE_MESSAGE(form.has_value(), (form ? "" : form.error().message));
  REQUIRE(form->size() == 1);
  return form->front();
}

}  // namespace

TEST_CASE("a form's parts have their names, file names and bytes") {
  const std::string body =
      "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n"
      "--b\r\nContent-Type: text/plain\r\n"
      "content-disposition: form-data; name=\"file\"; filename=\"a.jsonl\"\r\n\r\n"
      "{\"a\":1}\n--b\n\r\n{}\r\n\r\n--b--\r\n";
  const auto form = read_form(plain, body);
  REQUIRE(form.has_value());
  REQUIRE(form->size() == 2);
  CHECK(find_part(*form, "purpose")->body == "batch");
  CHECK(find_part(*form, "purpose")->filename == "");
  CHECK(find_part(*form, "file")->filename == "a.jsonl");
  CHECK(find_part(*form, "file")->body == "{\"a\":1}\n--b\n\r\n{}\r\n");
  CHECK(find_part(*form, "other") == nullptr);
}

TEST_CASE("any boundary will do, quoted or not") {
  struct {
    const char* content_type;
    const char* boundary;
  } const table[] = {
      {"multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
       "----WebKitFormBoundary7MA4YWxkTrZu0gW"},
      {"Multipart/Form-Data;charset=utf-8;  Boundary=\"a b:c=?'()\"", "a b:c=?'()"},
      {"multipart/form-data; boundary=\"q\\\"q\"; charset=utf-8", "q\"q"},
      {"multipart/form-data ; boundary = x", "x"},
  };
  for (const auto& row : table) {
    CAPTURE(row.content_type);
    const std::string boundary = row.boundary;
    const std::string body = "--" + boundary +
                             "\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\nv\r\n--" +
                             boundary + "--";
    CHECK(only_part(row.content_type, body).body == "v");
  }
}

TEST_CASE("what is before the first boundary, behind the last and behind each is passed over") {
  const std::string body =
      "preamble\r\n--b \t\r\nContent-Disposition: form-data; "
      "name=n\r\n\r\nv\r\n--b--epilogue\r\n--b";
  const form_part part = only_part(plain, body);
  CHECK(part.name == "n");
  CHECK(part.body == "v");
}

TEST_CASE("a part may be empty, and its names may hold quotes") {
  const std::string headers =
      "Content-Disposition: form-data; name=\"a;b\"; filename=\"x \\\"y\\\".jsonl\"";
  const form_part part = only_part(plain, one_part(headers, ""));
  CHECK(part.body == "");
  CHECK(part.name == "a;b");
  CHECK(part.filename == "x \"y\".jsonl");
}

TEST_CASE("a form without parts is empty") {
  const auto form = read_form(plain, "--b--\r\n");
  REQUIRE(form.has_value());
  CHECK(form->empty());
}

TEST_CASE("what is wrong with a form is said") {
  const std::string good = one_part("Content-Disposition: form-data; name=\"n\"", "v");
  CHECK(complaint("application/json", good) == "the Content-Type is not multipart/form-data");
  for (const char* const unnamed : {"multipart/form-data", "multipart/form-data; boundary=",
                                    "multipart/form-data; boundary=\""}) {
    CHECK(complaint(unnamed, good) == "the Content-Type names no boundary of 1 to 70 characters");
  }
  CHECK(complaint("multipart/form-data; boundary=" + std::string(71, 'x'), good) ==
        "the Content-Type names no boundary of 1 to 70 characters");
  CHECK(complaint("multipart/form-data; boundary=c", good) == "the boundary does not occur");
  CHECK(complaint(plain, "") == "the boundary does not occur");
  CHECK(complaint(plain, "--b") == "a boundary is not followed by the end of its line");
  CHECK(complaint(plain, "--bc\r\n\r\n") == "a boundary is not followed by the end of its line");
  CHECK(complaint(plain, good.substr(0, good.size() - 7)) == "the closing boundary is missing");
  CHECK(complaint(plain, "--b\r\nno blank line\r\n--b--") ==
        "a part has no blank line after its headers");
  CHECK(complaint(plain, one_part("Content-Type: text/plain", "v")) ==
        "a part has no name in its Content-Disposition");
}
