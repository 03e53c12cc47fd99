#include "api/native/records.hpp"

#include "base/encoding.hpp"
#include "core/part_plan.hpp"

namespace slipway::api::native {

namespace json = boost::json;

namespace {

json::object texts(const std::map<std::string, std::string>& values) {
    json::object object;
    for (const auto& [name, value] : values) {
        object[name] = value;
    }
    return object;
}

}  // namespace

json::object upload_record(const core::Upload& upload, core::UploadState state) {
    json::object record;
    record["upload_id"] = upload.id.to_string();
    record["state"] = core::to_string(state);
    record["file_name"] = upload.file_name;
    record["content_type"] = upload.content_type;
    record["file_size"] = nullptr;
    if (upload.plan.file_size) {
        record["file_size"] = upload.plan.file_size->value();
    }
    record["chunk_size"] = upload.plan.part_size.value();
    const bool is_free = upload.plan.sizes == core::PartSizes::free;
    record["part_sizes"] = is_free ? "free" : "fixed";
    record["total_parts"] = nullptr;
    if (!is_free || upload.state == core::UploadState::completing ||
        upload.state == core::UploadState::complete) {
        record["total_parts"] = upload.plan.total_parts;
    }
    record["storage_node"] = core::home_of(upload).storage_node;
    record["created_at"] = format_rfc3339(upload.created_at);
    record["expires_at"] = format_rfc3339(upload.expires_at);
    record["complete_when_full"] = upload.complete_when_full;
    record["direct"] = upload.direct;
    record["metadata"] = texts(upload.metadata);
    return record;
}

json::object part_record(const core::Part& part) {
    json::object record;
    record["part_number"] = part.number.value();
    record["size"] = part.size.value();
    record["sha256"] = encode_hex(part.digests.sha256.view());
    if (part.digests.crc64nvme) {
        record["crc64nvme"] = encode_hex(part.digests.crc64nvme->view());
    }
    if (part.digests.md5) {
        record["md5"] = encode_hex(part.digests.md5->view());
    }
    if (part.digests.crc32c) {
        record["crc32c"] = encode_hex(part.digests.crc32c->view());
    }
    return record;
}

json::object listed_part_record(const core::Part& part, const core::Upload& upload) {
    json::object record = part_record(part);
    // What is recorded was verified, so that the two are known to be alike.
    const std::string digest = encode_hex(part.digests.sha256.view());
    record["expected"] = digest;
    record["actual"] = digest;
    record["status"] = "stored";
    record["storage_node"] = upload.blobs[part.copies.front().blob].storage_node;
    return record;
}

std::string etag_of(const core::File& file) {
    return '"' + encode_hex(file.chain.view()) + '"';
}

json::object file_record(const core::File& file) {
    json::object record;
    record["file_id"] = file.id.to_string();
    record["url"] = "/files/" + file.id.to_string();
    record["name"] = file.name;
    record["content_type"] = file.content_type;
    record["size"] = file.size.value();
    record["chain"] = encode_hex(file.chain.view());
    if (file.crc64nvme) {
        record["crc64nvme"] = encode_hex(file.crc64nvme->view());
    }
    record["etag"] = etag_of(file);
    if (file.sha256) {
        record["sha256"] = encode_hex(file.sha256->view());
    }
    if (file.md5) {
        record["md5"] = encode_hex(file.md5->view());
    }
    record["metadata"] = texts(file.metadata);
    record["completed_at"] = format_rfc3339(file.completed_at);
    if (file.damaged_at) {
        record["damaged_at"] = format_rfc3339(*file.damaged_at);
    }
    if (file.expires_at) {
        record["expires_at"] = format_rfc3339(*file.expires_at);
    }
    return record;
}

json::object temporary_file_record(const core::File& file) {
    json::object record = file_record(file);
    record["temp_file_id"] = file.id.to_string();
    record["file_name"] = file.name;
    record.erase("file_id");
    record.erase("name");
    return record;
}

json::array range_list(const std::vector<core::PartRange>& ranges) {
    json::array list;
    for (const core::PartRange& range : ranges) {
        list.push_back(json::array{range.first.value(), range.last.value()});
    }
    return list;
}

json::object direct_url_record(const ports::PartAddress& address, PartNumber number,
                               WallTime expires_at) {
    json::object headers;
    for (const auto& [name, value] : address.headers) {
        headers[name] = value;
    }
    json::object record;
    record["part_number"] = number.value();
    record["method"] = "PUT";
    record["url"] = address.url;
    record["headers"] = std::move(headers);
    record["expires_at"] = format_rfc3339(expires_at);
    return record;
}

json::object part_url_record(const PartUrl& url, const core::PartPlan& plan, PartNumber number) {
    json::object record;
    record["part_number"] = number.value();
    record["method"] = "PUT";
    record["url"] = url.url;
    const core::PartLength length = core::length_of(plan, number);
    json::object headers;
    if (length.least == length.most) {
        headers["Content-Length"] = std::to_string(length.most.value());
    }
    record["headers"] = std::move(headers);
    record["expires_at"] = format_rfc3339(url.expires_at);
    return record;
}

}  // namespace slipway::api::native
