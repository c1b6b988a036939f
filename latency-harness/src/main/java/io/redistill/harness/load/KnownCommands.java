// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.load;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Commands that can be named without a template. Keys of different types have different prefixes, so that a mix of them
 * meets no key of another type.
 */
final class KnownCommands {
    private static final Set<String> READERS = Set.of(
            "GET",
            "MGET",
            "GETRANGE",
            "STRLEN",
            "GETEX",
            "GETDEL",
            "HGET",
            "HMGET",
            "HGETALL",
            "LINDEX",
            "LRANGE",
            "ZSCORE",
            "SRANDMEMBER",
            "GETBIT",
            "TYPE",
            "DUMP");

    private static final Map<String, String> TEMPLATES;

    static {
        Map<String, String> templates = new TreeMap<>();
        templates.put("GET", "GET key:{key}");
        templates.put("SET", "SET key:{key} {value}");
        templates.put("SETNX", "SETNX key:{key} {value}");
        templates.put("SETEX", "SETEX key:{key} {ttl} {value}");
        templates.put("PSETEX", "PSETEX key:{key} {ttlms} {value}");
        templates.put("GETSET", "GETSET key:{key} {value}");
        templates.put("APPEND", "APPEND append:{key} {value}");
        templates.put("STRLEN", "STRLEN key:{key}");
        templates.put("GETRANGE", "GETRANGE key:{key} 0 15");
        templates.put("MGET", "MGET" + " key:{key}".repeat(10));
        templates.put("MSET", "MSET" + " key:{key} {value}".repeat(10));
        templates.put("DEL", "DEL key:{key}");
        templates.put("UNLINK", "UNLINK key:{key}");
        templates.put("EXISTS", "EXISTS key:{key}");
        templates.put("EXPIRE", "EXPIRE key:{key} {ttl}");
        templates.put("TTL", "TTL key:{key}");
        templates.put("INCR", "INCR counter:{key}");
        templates.put("INCRBY", "INCRBY counter:{key} {number}");
        templates.put("DECR", "DECR counter:{key}");
        templates.put("HSET", "HSET hash:{key} field:{field} {value}");
        templates.put("HGET", "HGET hash:{key} field:{field}");
        templates.put("HMGET", "HMGET hash:{key} field:{field} field:{field} field:{field}");
        templates.put("HGETALL", "HGETALL hash:{key}");
        templates.put("HINCRBY", "HINCRBY numbers:{key} field:{field} {number}");
        templates.put("LPUSH", "LPUSH list:{key} {value}");
        templates.put("RPOP", "RPOP list:{key}");
        templates.put("SADD", "SADD set:{key} member:{field}");
        templates.put("ZADD", "ZADD sorted:{key} {number} member:{field}");
        templates.put("PING", "PING");
        templates.put("ECHO", "ECHO {value}");
        TEMPLATES = Collections.unmodifiableMap(templates);
    }

    private KnownCommands() {}

    /** The template of a command in upper case; the message of the failure lists what is known. */
    static String template(String command) {
        String template = TEMPLATES.get(command);
        if (template == null) {
            throw new IllegalArgumentException("'" + command + "' is none of the commands "
                    + String.join(", ", TEMPLATES.keySet()) + "; others take a template file");
        }
        return template;
    }

    static boolean reads(String command) {
        return READERS.contains(command);
    }
}
