//! The tables as diesel sees them, the same on both engines. Generated from the migrations; a test compares them.
#![allow(unused_imports, reason = "each table lists its types the same way")]

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    jobs (id) {
        id -> Id,
        name -> Text,
        payload -> Text,
        dedup_key -> Nullable<Text>,
        priority -> Integer,
        run_at -> Instant,
        state -> Text,
        attempts -> Integer,
        fence -> BigInt,
        lease_until -> Nullable<Instant>,
        last_error -> Nullable<Text>,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    leases (name) {
        name -> Text,
        holder -> Id,
        fence -> BigInt,
        held_until -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    mail_bodies (id) {
        id -> Id,
        tlp -> Text,
        subject -> Text,
        body -> Text,
        created_at -> Instant,
        sealed -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    outbox (id) {
        id -> Id,
        body_id -> Nullable<Id>,
        purpose -> Text,
        dispatch_id -> Nullable<Id>,
        recipient -> Text,
        recipient_name -> Text,
        envelope_from -> Text,
        message_id -> Text,
        slots -> Text,
        state -> Text,
        priority -> Integer,
        attempts -> Integer,
        next_at -> Instant,
        lease_until -> Nullable<Instant>,
        fence -> BigInt,
        possibly_duplicate -> Bool,
        answer -> Nullable<Text>,
        answered_at -> Nullable<Instant>,
        created_at -> Instant,
        tried_since -> Nullable<Instant>,
        reply_to -> Nullable<Text>,
        in_reply_to -> Nullable<Text>,
        key_holder -> Nullable<Id>,
        way -> Nullable<Text>,
        sent_hash -> Nullable<Binary>,
        diverted_for -> Nullable<Id>,
        diverted_from -> Nullable<Text>,
        held_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    audit_rows (id) {
        id -> Id,
        at -> Instant,
        account_id -> Nullable<Id>,
        actor_name -> Text,
        via -> Text,
        action -> Text,
        subject_kind -> Text,
        subject_id -> Nullable<Id>,
        organisation_id -> Nullable<Id>,
        ip -> Nullable<Text>,
        request_id -> Nullable<Id>,
        detail -> Text,
        seq -> Nullable<BigInt>,
        hash -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    audit_checkpoints (seq) {
        seq -> BigInt,
        hash -> Binary,
        at -> Instant,
        key_id -> Text,
        signature -> Binary,
        mailed_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    accounts (id) {
        id -> Id,
        mail -> Text,
        name -> Text,
        password_hash -> Nullable<Text>,
        state -> Text,
        created_at -> Instant,
        password_at -> Nullable<Instant>,
        second_factor_at -> Nullable<Instant>,
        signed_in_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    role_grants (id) {
        id -> Id,
        account_id -> Id,
        organisation_id -> Id,
        role -> Text,
        granted_by -> Nullable<Id>,
        granted_at -> Instant,
        confirmed_by -> Nullable<Id>,
        confirmed_at -> Nullable<Instant>,
        ended_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    sessions (id) {
        id -> Id,
        key_hash -> Binary,
        account_id -> Nullable<Id>,
        state -> Text,
        ip -> Nullable<Text>,
        agent -> Text,
        created_at -> Instant,
        seen_at -> Instant,
        idle_until -> Instant,
        ends_at -> Instant,
        verified_at -> Nullable<Instant>,
        released_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    second_factors (account_id) {
        account_id -> Id,
        secret -> Binary,
        created_at -> Instant,
        last_step -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    recovery_codes (code_hash) {
        code_hash -> Binary,
        account_id -> Id,
        created_at -> Instant,
        used_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    links (id) {
        id -> Id,
        purpose -> Text,
        token_hash -> Binary,
        account_id -> Nullable<Id>,
        subject_id -> Nullable<Id>,
        created_at -> Instant,
        expires_at -> Instant,
        used_at -> Nullable<Instant>,
        address -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    api_tokens (id) {
        id -> Id,
        account_id -> Id,
        name -> Text,
        token_hash -> Binary,
        scopes -> Text,
        created_at -> Instant,
        expires_at -> Instant,
        revoked_at -> Nullable<Instant>,
        used_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    rate_limits (bucket, slot) {
        bucket -> Text,
        slot -> BigInt,
        hits -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    idempotency_keys (account_id, idempotency_key) {
        account_id -> Id,
        idempotency_key -> Text,
        request_hash -> Binary,
        status -> Integer,
        body -> Text,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    organisations (id) {
        id -> Id,
        source -> Text,
        source_key -> Nullable<Text>,
        kind -> Text,
        level -> Text,
        name -> Text,
        search -> Text,
        sign -> Text,
        ags -> Nullable<Text>,
        ars -> Nullable<Text>,
        second_key -> Nullable<Text>,
        parent_id -> Nullable<Id>,
        district_id -> Nullable<Id>,
        administered_by_id -> Nullable<Id>,
        is_administration -> Bool,
        is_cert -> Bool,
        seat -> Text,
        postcode -> Text,
        population -> Nullable<Integer>,
        enrolment -> Text,
        enrolment_at -> Instant,
        valid_from -> Text,
        valid_until -> Nullable<Text>,
        is_example -> Bool,
        version -> Integer,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    organisation_assets (id) {
        id -> Id,
        organisation_id -> Id,
        kind -> Text,
        value -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    contacts (id) {
        id -> Id,
        organisation_id -> Id,
        role -> Text,
        name -> Text,
        mail -> Text,
        phone -> Text,
        out_of_band -> Text,
        is_function -> Bool,
        certificate -> Nullable<Text>,
        certificate_until -> Nullable<Instant>,
        pgp_key -> Nullable<Text>,
        pgp_until -> Nullable<Instant>,
        ended_at -> Nullable<Instant>,
        version -> Integer,
        updated_at -> Instant,
        confirmed_at -> Nullable<Instant>,
        asked -> Integer,
        asked_at -> Nullable<Instant>,
        key_end_told -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    service_relations (id) {
        id -> Id,
        provider_id -> Id,
        organisation_id -> Id,
        service -> Text,
        source -> Text,
        is_example -> Bool,
        valid_from -> Text,
        valid_until -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    mandates (id) {
        id -> Id,
        grantor_id -> Id,
        mandated_id -> Id,
        scope -> Text,
        valid_from -> Text,
        valid_until -> Text,
        granted_by -> Id,
        granted_at -> Instant,
        closed -> Nullable<Text>,
        closed_by -> Nullable<Id>,
        closed_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    behalf_reports (incident_id) {
        incident_id -> Id,
        organisation_id -> Nullable<Id>,
        through_id -> Nullable<Id>,
        mandate_id -> Nullable<Id>,
        state -> Text,
        inform -> Text,
        receipt -> Nullable<Text>,
        decided_by -> Nullable<Id>,
        decided_at -> Nullable<Instant>,
        way -> Text,
        claimed_id -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    organisation_confirmations (id) {
        id -> Id,
        organisation_id -> Id,
        what -> Text,
        account_id -> Nullable<Id>,
        author -> Text,
        confirmed_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    enrolment_calls (id) {
        id -> Id,
        organisation_id -> Id,
        at -> Instant,
        account_id -> Nullable<Id>,
        author -> Text,
        outcome -> Text,
        note -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    reference_counters (name, year) {
        name -> Text,
        year -> Integer,
        value -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    incidents (id) {
        id -> Id,
        reference -> Text,
        organisation_id -> Nullable<Id>,
        status -> Text,
        close_reason -> Nullable<Text>,
        class -> Nullable<Text>,
        category -> Nullable<Text>,
        impact -> Nullable<Text>,
        spread -> Nullable<Text>,
        priority -> Nullable<Integer>,
        tlp -> Text,
        assignee_id -> Nullable<Id>,
        holder_id -> Nullable<Id>,
        follow_up_at -> Nullable<Instant>,
        deadline_at -> Nullable<Instant>,
        deadline_kind -> Nullable<Text>,
        queue_at -> Instant,
        is_open -> Bool,
        is_restricted -> Bool,
        is_unconfirmed -> Bool,
        is_drill -> Bool,
        occurred_at -> Nullable<Instant>,
        detected_at -> Nullable<Instant>,
        aware_at -> Nullable<Instant>,
        reported_at -> Instant,
        closed_at -> Nullable<Instant>,
        created_by -> Nullable<Id>,
        version -> Integer,
        updated_at -> Instant,
        priority_rank -> Integer,
        organisation_name -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    incident_heard (incident_id) {
        incident_id -> Id,
        heard_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    incident_seen (account_id, incident_id) {
        account_id -> Id,
        incident_id -> Id,
        seen_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    queue_filters (id) {
        id -> Id,
        account_id -> Id,
        name -> Text,
        is_team -> Bool,
        terms -> Text,
        version -> Integer,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;

    handovers (incident_id) {
        incident_id -> Id,
        entry_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    absences (id) {
        id -> Id,
        account_id -> Id,
        deputy_id -> Nullable<Id>,
        from_at -> Instant,
        until_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    bulk_runs (id) {
        id -> Id,
        account_id -> Id,
        action -> Text,
        at -> Instant,
        undone_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;

    bulk_items (run_id, ordinal) {
        run_id -> Id,
        ordinal -> Integer,
        reference -> Text,
        outcome -> Text,
        undone -> Nullable<Text>,
        version -> Nullable<Integer>,
        before -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;

    queue_looks (account_id) {
        account_id -> Id,
        shown -> Text,
        sort -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    incident_contents (incident_id) {
        incident_id -> Id,
        title -> Text,
        search -> Text,
        priority_reason -> Nullable<Text>,
        waiting_on -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    reports (id) {
        id -> Id,
        incident_id -> Id,
        organisation_id -> Nullable<Id>,
        account_id -> Nullable<Id>,
        kind -> Text,
        observed -> Text,
        inform -> Text,
        personal_data -> Bool,
        malicious -> Bool,
        beyond_house -> Bool,
        critical_service -> Bool,
        stated_at -> Instant,
        suggested_class -> Nullable<Text>,
        suggested_category -> Nullable<Text>,
        suggested_impact -> Nullable<Text>,
        suggested_spread -> Nullable<Text>,
        nature -> Nullable<Text>,
        is_current -> Bool,
        danger -> Bool,
        split_into_id -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    report_drafts (id) {
        id -> Id,
        account_id -> Nullable<Id>,
        is_drill -> Bool,
        answers -> Text,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        filed_incident_id -> Nullable<Id>,
        holder -> Nullable<Text>,
        is_call -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    report_contents (report_id) {
        report_id -> Id,
        title -> Text,
        description -> Text,
        measures -> Text,
        contact_name -> Text,
        contact_phone -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    involvements (id) {
        id -> Id,
        incident_id -> Id,
        organisation_id -> Id,
        part -> Text,
        affectedness -> Text,
        aware_at -> Nullable<Instant>,
        added_at -> Instant,
        ended_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    timeline_entries (id) {
        id -> Id,
        incident_id -> Id,
        at -> Instant,
        account_id -> Nullable<Id>,
        author -> Text,
        kind -> Text,
        audience -> Text,
        audience_id -> Nullable<Id>,
        facts -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    entry_contents (entry_id) {
        entry_id -> Id,
        body -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    incident_named (incident_id, account_id) {
        incident_id -> Id,
        account_id -> Id,
        added_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    escalations (incident_id) {
        incident_id -> Id,
        priority -> Nullable<Integer>,
        plan -> Text,
        position -> Integer,
        started_at -> Instant,
        ended_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    escalation_steps (id) {
        id -> Id,
        incident_id -> Id,
        number -> Integer,
        plan_step -> Nullable<Integer>,
        name -> Text,
        target -> Text,
        organisation_id -> Nullable<Id>,
        state -> Text,
        acknowledge_minutes -> Integer,
        repeats -> Integer,
        needs_approval -> Bool,
        requested_by -> Nullable<Id>,
        approved_by -> Nullable<Id>,
        due_at -> Instant,
        notified_at -> Nullable<Instant>,
        attempts -> Integer,
        acknowledge_by -> Nullable<Instant>,
        acknowledged_at -> Nullable<Instant>,
        acknowledged_by -> Nullable<Text>,
        account_id -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    advisories (id) {
        id -> Id,
        reference -> Text,
        created_by -> Nullable<Id>,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    advisory_versions (id) {
        id -> Id,
        advisory_id -> Id,
        number -> Integer,
        state -> Text,
        tlp -> Text,
        warning_step -> Integer,
        severity -> Text,
        audience -> Text,
        created_at -> Instant,
        submitted_by -> Nullable<Id>,
        submitted_at -> Nullable<Instant>,
        approved_by -> Nullable<Id>,
        approved_name -> Nullable<Text>,
        approved_at -> Nullable<Instant>,
        approved_hash -> Nullable<Binary>,
        published_at -> Nullable<Instant>,
        version -> Integer,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    advisory_contents (version_id) {
        version_id -> Id,
        title -> Text,
        concerns -> Text,
        measures -> Text,
        body -> Text,
        products -> Text,
        cves -> Text,
        return_reason -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    advisory_authors (version_id, account_id) {
        version_id -> Id,
        account_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    deliveries (id) {
        id -> Id,
        version_id -> Id,
        organisation_id -> Id,
        contact_id -> Id,
        recipient_name -> Text,
        address -> Text,
        mail_id -> Nullable<Id>,
        opened_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    evidence (id) {
        id -> Id,
        incident_id -> Id,
        account_id -> Nullable<Id>,
        author -> Text,
        audience -> Text,
        audience_id -> Nullable<Id>,
        state -> Text,
        size -> Nullable<BigInt>,
        received -> BigInt,
        sha256 -> Nullable<Binary>,
        is_sample -> Bool,
        is_damaged -> Bool,
        begun_at -> Instant,
        stored_at -> Nullable<Instant>,
        progress_at -> Nullable<Instant>,
        cleared_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    evidence_contents (evidence_id) {
        evidence_id -> Id,
        name -> Text,
        name_given -> Binary,
        media_type -> Text,
        mark -> Text,
        data_key -> Binary,
        salt -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    evidence_custody (id) {
        id -> Id,
        evidence_id -> Id,
        at -> Instant,
        account_id -> Nullable<Id>,
        author -> Text,
        kind -> Text,
        sha256 -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    contact_codes (organisation_id, year) {
        organisation_id -> Id,
        year -> Integer,
        code -> Text,
        made_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    papers (id) {
        id -> Id,
        incident_id -> Id,
        organisation_id -> Id,
        kind -> Text,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    paper_contents (paper_id, version) {
        paper_id -> Id,
        version -> Integer,
        account_id -> Nullable<Id>,
        author -> Text,
        saved_at -> Instant,
        parts -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;

    incident_signatures (incident_id) {
        incident_id -> Id,
        signature -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;

    incident_bands (band, incident_id) {
        band -> BigInt,
        incident_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    live_presences (process_id, subject_id, account_id) {
        process_id -> Id,
        subject_id -> Id,
        account_id -> Id,
        name -> Text,
        is_writing -> Bool,
        until_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    playbook_runs (id) {
        id -> Id,
        incident_id -> Id,
        playbook -> Text,
        version -> Integer,
        digest -> Text,
        started_at -> Instant,
        started_by -> Nullable<Id>,
        stopped_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;

    playbook_run_contents (run_id) {
        run_id -> Id,
        title -> Text,
        playbook -> Text,
        stop_reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    tasks (id) {
        id -> Id,
        incident_id -> Id,
        run_id -> Nullable<Id>,
        place -> Integer,
        owner_id -> Nullable<Id>,
        organisation_id -> Nullable<Id>,
        state -> Text,
        due_at -> Nullable<Instant>,
        sort_at -> Instant,
        needs_evidence -> Bool,
        is_overdue -> Bool,
        answer -> Nullable<Text>,
        answered_at -> Nullable<Instant>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;

    task_contents (task_id) {
        task_id -> Id,
        title -> Text,
        body -> Text,
        why -> Text,
        result -> Text,
        answer -> Text,
        answered_by -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;

    task_files (task_id, evidence_id) {
        task_id -> Id,
        evidence_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    incident_merges (member_id) {
        member_id -> Id,
        lead_id -> Id,
        merged_at -> Instant,
        merged_by -> Nullable<Id>,
        before_status -> Text,
        status -> Text,
        close_reason -> Nullable<Text>,
        is_open -> Bool,
        closed_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    incident_links (id) {
        id -> Id,
        from_id -> Id,
        to_id -> Id,
        kind -> Text,
        added_at -> Instant,
        added_by -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    incident_link_contents (link_id) {
        link_id -> Id,
        reason -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    search_docs (number) {
        number -> BigInt,
        incident_id -> Id,
        organisation_id -> Nullable<Id>,
        knows -> Integer,
        head -> Text,
        digest -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    observables (id) {
        id -> Id,
        kind -> Text,
        value -> Text,
        harmless -> Nullable<Text>,
        harmless_reason -> Nullable<Text>,
        harmless_by -> Nullable<Text>,
        harmless_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    sightings (id) {
        id -> Id,
        observable_id -> Id,
        incident_id -> Id,
        source -> Text,
        piece_id -> Id,
        audience -> Text,
        audience_id -> Nullable<Id>,
        written -> Text,
        seen_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    inbound_mails (id) {
        id -> Id,
        received_at -> Instant,
        way -> Text,
        size -> BigInt,
        sha256 -> Binary,
        state -> Text,
        kind -> Text,
        reasons -> Text,
        incident_id -> Nullable<Id>,
        organisation_id -> Nullable<Id>,
        proof -> Nullable<Text>,
        attempts -> Integer,
        next_at -> Instant,
        settled_by -> Nullable<Id>,
        settled_at -> Nullable<Instant>,
        version -> Integer,
        thread_id -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    inbound_contents (inbound_id) {
        inbound_id -> Id,
        received_at -> Instant,
        envelope_from -> Text,
        envelope_to -> Text,
        sender -> Text,
        sender_name -> Text,
        subject -> Text,
        sheet -> Text,
        data_key -> Binary,
        note -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    inbound_files (id) {
        id -> Id,
        inbound_id -> Id,
        name -> Text,
        media_type -> Text,
        size -> BigInt,
        sha256 -> Binary,
        is_sample -> Bool,
        data_key -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    mail_threads (id) {
        id -> Id,
        incident_id -> Id,
        organisation_id -> Id,
        token -> Text,
        last_message_id -> Nullable<Text>,
        created_at -> Instant,
        revoked_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::Instant;

    mailbox_polls (name) {
        name -> Text,
        next_at -> Instant,
        polled_at -> Nullable<Instant>,
        failing_since -> Nullable<Instant>,
        tries -> Integer,
        step -> Text,
        words -> Text,
        refused -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    blocked_senders (sender) {
        sender -> Text,
        account_id -> Nullable<Id>,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    timeline_pins (entry_id) {
        entry_id -> Id,
        incident_id -> Id,
        pinned_by -> Nullable<Id>,
        pinned_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    incident_mentions (account_id, incident_id) {
        account_id -> Id,
        incident_id -> Id,
        at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    party_threads (id) {
        id -> Id,
        incident_id -> Id,
        kind -> Text,
        state -> Text,
        token -> Text,
        follow_up_at -> Nullable<Instant>,
        is_silent -> Bool,
        waits_since -> Nullable<Instant>,
        last_at -> Instant,
        last_message_id -> Nullable<Text>,
        created_at -> Instant,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;

    party_thread_contents (thread_id) {
        thread_id -> Id,
        party -> Text,
        address -> Text,
        subject -> Text,
        their_reference -> Text,
        their_key -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    party_messages (id) {
        id -> Id,
        thread_id -> Id,
        direction -> Text,
        at -> Instant,
        entry_id -> Id,
        mail_id -> Nullable<Id>,
        inbound_id -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    incident_origins (incident_id) {
        incident_id -> Id,
        system -> Text,
        origin -> Text,
        reference -> Text,
        digest -> Nullable<Binary>,
        imported_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    organisation_sectors (organisation_id, sector) {
        organisation_id -> Id,
        sector -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    organisation_rules (organisation_id, rule_set) {
        organisation_id -> Id,
        rule_set -> Text,
        binds -> Bool,
        why -> Text,
        account_id -> Nullable<Id>,
        said_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    duty_marks (id) {
        id -> Id,
        incident_id -> Id,
        organisation_id -> Id,
        rule_set -> Text,
        stage -> Text,
        kind -> Text,
        at -> Instant,
        account_id -> Nullable<Id>,
        noted_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    duty_mark_contents (mark_id) {
        mark_id -> Id,
        author -> Text,
        receipt -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    duty_drafts (id) {
        id -> Id,
        incident_id -> Id,
        organisation_id -> Id,
        rule_set -> Text,
        stage -> Text,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    duty_draft_contents (draft_id, version) {
        draft_id -> Id,
        version -> Integer,
        account_id -> Nullable<Id>,
        author -> Text,
        saved_at -> Instant,
        parts -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::Instant;

    duty_rule_digests (digest) {
        digest -> Text,
        since -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    duty_reminders (incident_id, organisation_id, rule_set, stage, reminder, due_at) {
        incident_id -> Id,
        organisation_id -> Id,
        rule_set -> Text,
        stage -> Text,
        reminder -> Text,
        due_at -> Instant,
        told_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    fanouts (id) {
        id -> Id,
        incident_id -> Id,
        source_id -> Id,
        service -> Text,
        is_named -> Bool,
        stage -> Text,
        remind_at -> Instant,
        answer_by -> Instant,
        account_id -> Nullable<Id>,
        started_at -> Instant,
        ended_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;

    fanout_contents (fanout_id) {
        fanout_id -> Id,
        author -> Text,
        heading -> Text,
        notice -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    fanout_asked (id) {
        id -> Id,
        fanout_id -> Id,
        organisation_id -> Id,
        is_abroad -> Bool,
        told -> Integer,
        answer -> Nullable<Text>,
        way -> Nullable<Text>,
        answered_at -> Nullable<Instant>,
        account_id -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;

    fanout_asked_contents (asked_id) {
        asked_id -> Id,
        author -> Text,
        note -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    shifts (id) {
        id -> Id,
        account_id -> Id,
        deputy_id -> Nullable<Id>,
        from_at -> Instant,
        until_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    shift_handovers (id) {
        id -> Id,
        giver_id -> Id,
        taker_id -> Id,
        from_at -> Instant,
        until_at -> Instant,
        note -> Text,
        asked_at -> Instant,
        accepted_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    roster_gaps (id) {
        id -> Id,
        from_at -> Instant,
        until_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::core::ids::Id;
    use crate::store::types::Instant;

    organisation_compromises (id) {
        id -> Id,
        organisation_id -> Id,
        incident_id -> Nullable<Id>,
        marked_at -> Instant,
        marked_by -> Nullable<Id>,
        author -> Text,
        reason -> Text,
        lifted_at -> Nullable<Instant>,
        lifted_by -> Nullable<Id>,
        lifter -> Nullable<Text>,
        lift_reason -> Nullable<Text>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    jobs,
    leases,
    mail_bodies,
    outbox,
    audit_rows,
    audit_checkpoints,
    accounts,
    role_grants,
    sessions,
    second_factors,
    recovery_codes,
    links,
    api_tokens,
    rate_limits,
    idempotency_keys,
    organisations,
    organisation_assets,
    organisation_compromises,
    contacts,
    service_relations,
    organisation_confirmations,
    enrolment_calls,
    mandates,
    behalf_reports,
    contact_codes,
    reference_counters,
    incidents,
    incident_contents,
    reports,
    report_contents,
    report_drafts,
    papers,
    paper_contents,
    incident_signatures,
    incident_bands,
    involvements,
    timeline_entries,
    entry_contents,
    incident_named,
    incident_heard,
    incident_seen,
    queue_filters,
    queue_looks,
    handovers,
    absences,
    bulk_runs,
    bulk_items,
    escalations,
    escalation_steps,
    advisories,
    advisory_versions,
    advisory_contents,
    advisory_authors,
    deliveries,
    evidence,
    evidence_contents,
    evidence_custody,
    live_presences,
    playbook_runs,
    playbook_run_contents,
    tasks,
    task_contents,
    task_files,
    incident_merges,
    incident_links,
    incident_link_contents,
    search_docs,
    observables,
    sightings,
    inbound_mails,
    inbound_contents,
    inbound_files,
    mail_threads,
    blocked_senders,
    timeline_pins,
    incident_mentions,
    incident_origins,
    mailbox_polls,
    party_threads,
    party_thread_contents,
    party_messages,
    organisation_sectors,
    organisation_rules,
    duty_marks,
    duty_mark_contents,
    duty_drafts,
    duty_draft_contents,
    duty_reminders,
    duty_rule_digests,
    fanouts,
    fanout_contents,
    fanout_asked,
    fanout_asked_contents,
    shifts,
    shift_handovers,
    roster_gaps,
);
