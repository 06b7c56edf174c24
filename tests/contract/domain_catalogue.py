"""What the domain's text asks for, written by hand from it (sections 2.2 to 2.4, 3.2, 4.3, 5 and 6.2 to 6.5).

Names and codes stand here as the domain spells them; where a name on the wire had to differ, the note says so. Whoever
adds an event, command or rule adds it here too, under `FURTHER`, with what it is needed for.
"""

EVENTS: dict[str, dict[str, str]] = {
    "referral": {
        # `eligibility_rule_version`, ages and ids as in 6.3; `edd` and the like stand in each subject.
        "ReferralReceived": "referral_id received_on received_at source source_org_ods channel priority subjects"
        " caregivers concerns flags consent_to_referral prior_case_id locality eligibility_rule_version",
        "ReferralAcknowledged": "to on",
        "ReferralInfoRequested": "what due_on",
        "ReferralInfoProvided": "",
        "ReferralAccepted": "decided_on offer_tier priority decision_by",
        "ReferralDeclined": "decided_on reason signposted_to",
        "ReferralWithdrawn": "on by reason",
        "ReferralLinkedDuplicate": "of_case_id",
        "ReferralPriorityChanged": "",
        "FamilyMemberLinked": "caregiver_id infant_id role has_pr from_on",
        "LinkEnded": "caregiver_id infant_id to_on",
        "InfantBorn": "infant_id born_on gestation_weeks source",
        "PregnancyEnded": "on",
        "InfantIdentityReplaced": "",
        "ConsentRecorded": "scope by",
        "ConsentWithdrawn": "scope by",
        "DischargeSummarySent": "to on",
        "CaseReferenceLinked": "system reference_hmac",
        "SubjectErased": "subject_ref",
        "SubjectErasureAcknowledged": "subject_ref service",
        "TaskRaised": "task_id kind due_on owner_role about",
        "TaskDone": "task_id on",
        "TargetBreached": "target_code due_on",
    },
    "assessment": {
        "AssessmentRequested": "due_on",
        "AssessmentOffered": "offer_on appt_on",
        "AssessmentStarted": "on",
        "MeasureRecorded": "measure_code measure_version subject_kind subject_ref relationship_ref rater completed_on"
        " total subscales band safety_item_flag timepoint",
        "SafetyConcernRaised": "kind action by_when",
        "AssessmentCompleted": "assessment_id completed_on focus_relationships relationship_rating need_level severity"
        " complexity duration_months strengths recommendation contacts_used measures_baseline",
        "AssessmentAbandoned": "on reason",
        "SubjectErasureAcknowledged": "subject_ref service",
        "TaskRaised": "task_id kind due_on owner_role about",
        "TaskDone": "task_id on",
        "TargetBreached": "target_code due_on",
    },
    "episode": {
        "EpisodeOpened": "on",
        "ProgrammeAssigned": "programme_id assigned_on tier components focus_relationships goals lead_practitioner_id"
        " care_plan_agreed_on agreed_by",
        "ProgrammeRevised": "added removed reason",
        "TierChanged": "from_tier to_tier reason",
        "LeadPractitionerChanged": "from_practitioner_id to_practitioner_id reason",
        "GoalRated": "goal_id on value",
        "SessionScheduled": "session_id at duration_min kind modality setting",
        "SessionHeld": "session_id held_on started_at duration_min kind component_code modality setting attend_status"
        " infants_present caregivers_present practitioners interpreter joint_with is_treatment",
        "SessionNotHeld": "session_id on attend_status cancelled_on by reason rebook",
        "EpisodePaused": "from_on reason",
        "EpisodeResumed": "",
        "ProgrammeCompleted": "on",
        "Discharged": "discharged_on reason planned stage_at_discharge destination outcome_band sessions_held",
        "EpisodeReopened": "on reason",
        "FollowUpRecorded": "",
        "ActiveMonitoringStarted": "on by",
        "ActiveMonitoringEnded": "on by",
        "TreatmentDeclined": "on",
        "SubjectErasureAcknowledged": "subject_ref service",
        "TaskRaised": "task_id kind due_on owner_role about",
        "TaskDone": "task_id on",
        "TargetBreached": "target_code due_on",
    },
    "team": {
        "TeamConfigured": "eligibility catalogue clocks weights config_version",
        "PractitionerJoined": "discipline wte",
        "PractitionerLeft": "",
        "TaskRaised": "task_id kind due_on owner_role about",
        "TaskDone": "task_id on",
    },
    "work": {
        "SystemActivityRecorded": "kind on minutes audience_count professions host_org_type",
        "CapacityDeclared": "week new_case_slots",
        "LocalityReachDeclared": "locality year births",
    },
}
"""By stream: each event of 6.3 and its members (`from`, `to` of the text are `from_on`, `to_on` and the like)."""

FURTHER_EVENTS: dict[str, dict[str, str]] = {
    "referral": {
        "ReferralHeldUntilBirth": "S32: a pre-birth referral is held until birth",
        "SafeguardingFlagsChanged": "S50: flags that change after the referral",
        "PersonDetailsRecorded": "5: the record of a person is corrected by addition",
        "IdentifierRecorded": "4.3: trace status and failing numbers",
        "AccessDenied": "5: deny lists",
        "AccessDenialLifted": "5: deny lists",
        "BreakGlassOpened": "5: break-glass, reasoned and time-boxed",
    },
    "assessment": {
        "ObservationRecorded": "2.4, S44: NBO and NBAS are observations, the infant's experience is noted",
        "ReassessmentRequested": "6.4: a family is assessed again",
    },
    "episode": {},
    "team": {
        "PractitionerChanged": "S45: register of competencies",
        "PractitionerAbsent": "P8, M16: absence of a lead",
        "PractitionerReturned": "P8, M16: the end of an absence",
    },
    "work": {
        "ConsultationBecameReferral": "S8: `became_case_id` of 6.3 as an event of its own",
        "SupervisionPlanned": "M18: planned against held",
    },
}
"""What the domain needs beside 6.3, and where it says so."""

COMMANDS: dict[str, str] = {
    "referral": "ReceiveReferral RequestInfo ProvideInfo AcceptReferral DeclineReferral WithdrawReferral LinkMember"
    " RecordBirth",
}
"""Those that 6.4 names."""
FURTHER_COMMANDS: dict[str, str] = {
    "referral": "LinkCaseReference AcknowledgeReferral HoldUntilBirth ChangePriority LinkDuplicate RecordSummarySent"
    " EndLink EndPregnancy ReplaceIdentity RecordConsent WithdrawConsent ChangeFlags RecordDetails RecordIdentifier"
    " DenyAccess LiftDenial BreakGlass FinishTask AskForCorrection AskForSummary BreachTarget EraseSubject"
    " TakeBackSummary ReportLetter",
    "assessment": "OfferAssessment StartAssessment RecordMeasure RecordObservation RaiseSafetyConcern"
    " CompleteAssessment AbandonAssessment RequestReassessment FinishTask AcknowledgeErasure"
    " CloseAfterVoidedAcceptance MoveRequest RecordBreach RequestAssessment ReviewRestoredAcceptance",
    "episode": "AssignProgramme ReviseProgramme ChangeTier ChangeLead RateGoal ScheduleSession HoldSession MissSession"
    " PauseEpisode ResumeEpisode StartActiveMonitoring EndActiveMonitoring DeclineTreatment CompleteProgramme Discharge"
    " ReopenEpisode RecordFollowUp FinishTask AcknowledgeErasure CloseAfterVoidedAcceptance CloseAfterWithdrawal"
    " DecideClosing DischargeAfterAssessment FlagAgedOut FollowReopening MoveOpening OpenEpisode"
    " RaiseProgrammeTask ReassignLead RecordBreach ReviewAssessment ReviewReferralVoid",
    "team": "ConfigureTeam JoinTeam ChangePractitioner NoteAbsence NoteReturn LeaveTeam",
    "work": "RecordActivity LinkReferral PlanSupervision DeclareCapacity DeclareReach",
}
"""One for each other event that may be posted, and those that only rules give."""

PROCESS_RULES: dict[int, str] = {
    1: "referral",
    2: "assessment intervention",
    3: "intervention",
    4: "intervention",
    5: "intervention",
    6: "referral",
    7: "referral intervention",
    8: "intervention",
    9: "referral assessment intervention",
    10: "referral intervention",
    11: "referral",
    12: "intervention",
}
"""P1 to P12 of 6.5, and the services that act on each."""
RULES: dict[str, str] = {
    "referral": "P11 P11-corrected P11-taken-back",
    "assessment": "P2 corrected-acceptance voided-acceptance erasure",
    "episode": "P2 P2-corrected P3 P3-reopened P4 P7 erasure voided-acceptance",
    "team": "",
    "work": "",
}
"""Rules that act on hearing another service, by stream; those not named P are 6.5's rule on a voided acceptance, and
erasure (design 3)."""
DEADLINES: dict[str, str] = {
    "referral": "P1 P9-decide P9-information",
    "assessment": "offer_assessment complete_assessment answer_safety_item",
    "episode": "P8 P9 P12",
}
"""Rules that act when time has passed, by stream: the names of their deadlines."""

COMPONENTS = (
    "PIP VIG VIPP-SD WWW COS-P MELLOW-BABIES MELLOW-BUMPS NBO INFANT-MASSAGE SOLIHULL TRIPLE-P-BABY MINDING-THE-BABY"
    " MBT-LIGHTHOUSE EMDR COUPLE NEONATAL-SUPPORT NETWORK-CONSULTATION"
)
"""2.3, as codes."""

MEASURES = (
    "EPDS PHQ-9 GAD-7 CORE-10 CORE-OM HADS-A HADS-D MORS-SF-WARMTH MORS-SF-INVASION MORS-CHILD-WARMTH"
    " MORS-CHILD-INVASION ASQ-SE-2 PIIOS CARE-INDEX-SENSITIVITY CARE-INDEX-SYNCHRONY KIPS PIR-GAS DC05-AXIS2-A"
    " DC05-AXIS2-B GBO SDQ-2-4 BPSES SWEMWBS WEMWBS PRFQ-PM PRFQ-CMS PRFQ-IC PBQ KPCS PSI-SF BITSEA-PROBLEM"
    " BITSEA-COMPETENCE AQS ADBB CHI-ESQ SRS PEM"
)
"""2.4, as codes: a measure of two scales that are never added is two codes. NBO and NBAS are observations."""

CODES: dict[str, str] = {
    # 2.2
    "referral.ReferralSource": "GP health_visitor specialist_IMH_HV midwife family_nurse obstetrics neonatal_unit"
    " perinatal_MH maternal_MH CAMHS adult_MH talking_therapies social_care_child social_care_adult"
    " early_help_family_hub nursery_early_years voluntary_sector police_justice self family_member"
    " internal_consultation other",
    "referral.ConcernCode": "bonding_difficulty hostile_or_intrusive_interaction withdrawn_unresponsive_interaction"
    " frightened_or_frightening low_reflective_capacity infant_distress_regulation infant_withdrawal"
    " separation_or_placement_change parental_trauma_ACE birth_trauma loss_bereavement antenatal_ambivalence"
    " caregiver_MH_affecting_relationship caregiver_conflict_DVA substance_use parental_LD_ND"
    " infant_health_or_prematurity sibling_history_of_removal other",
    "referral.TriageDecision": "accepted accepted_consultation_only more_information_needed declined signposted"
    " redirected_transfer withdrawn_by_family duplicate",
    "referral.DeclineReason": "outside_age outside_area no_relationship_concern needs_met_by_universal"
    " needs_other_specialist crisis_or_risk_needs_other_service already_in_equivalent_service no_consent"
    " incomplete_no_response capacity_closed",
    "intervention.SessionKind": "initial_contact assessment therapy_dyadic therapy_triadic caregiver_only couple group"
    " video_filming video_review observation_home review ending follow_up joint_visit telephone_support",
    "intervention.Setting": "home clinic family_hub nursery hospital_neonatal prison_MBU contact_centre online",
    "intervention.DischargeReason": "planned_completed planned_partial stepped_down_universal stepped_up_specialist"
    " transferred_other_service moved_area family_withdrew not_engaged aged_out infant_died caregiver_died"
    " pregnancy_ended infant_removed_or_placed no_further_need_after_assessment administrative_error",
    "intervention.OutcomeBand": "improved maintained mixed deteriorated not_measured",
    # 1
    "referral.CaregiverRole": "mother father non_birth_parent adoptive_parent prospective_adopter foster_carer"
    " kinship_carer step_parent other",
    "referral.ParentalResponsibility": "yes no unknown",
    "referral.RiskStatus": "CURRENT POTENTIAL",
    "intervention.GoalDomain": "difficulty strength capacity",
    "intervention.Tier": "TARGETED SPECIALIST",
    "intervention.ComponentKind": "PROFESSIONAL_PRACTICE EVIDENCE_BASED",
    "intervention.ActivityKind": "training consultation supervision system_advice",
    "intervention.Outcome": "advice_only became_referral signposted joint_visit held_by_referrer_with_our_support",
    "intervention.Discipline": "clinical_psychologist counselling_psychologist child_adolescent_psychotherapist"
    " parent_infant_psychotherapist adult_psychotherapist",
    "intervention.Sector": "public private voluntary",
    "intervention.Host": "nhs_trust council charity private",
    "intervention.AgeLimit": "24 36 48 60",
    "assessment.SubjectKind": "INFANT CAREGIVER RELATIONSHIP",
    # 3.2, 4.3
    "intervention.Attended": "5 6",
    "intervention.NotAttended": "7 2 3 4",
    "intervention.Modality": "01 02 04 05 09 10 11 12 13 98",
    "referral.Priority": "1 2 3 4",
    "referral.IdentifierStatus": "01 02 03 04 05 06 07 08",
    # 5
    "referral.ConsentScope": "referral share_with_services video research",
    # 6.3
    "referral.Flag": "cp_plan cin lac pre_birth_assessment dva perinatal_mh_open",
    "referral.OfferTier": "TARGETED SPECIALIST CONSULT",
    "referral.WithdrawnBy": "family referrer",
    "referral.BirthSource": "pds family staff",
    "assessment.Timepoint": "baseline interim final followup",
    "assessment.NeedLevel": "TARGETED SPECIALIST NONE OTHER_SERVICE",
    "assessment.Recommendation": "PROGRAMME CONSULTATION SIGNPOST NO_FURTHER",
    "assessment.ObservationMethod": "nbo nbas",
    "intervention.LeadReason": "absence leave left",
    "intervention.PauseReason": "family service infant_hospital",
    "intervention.Stage": "REFERRED ASSESSED PROGRAMME SESSIONS",
    "intervention.MonitoringBy": "patient clinician",
    # 6.4
    "assessment.Stage": "OFFERED IN_PROGRESS COMPLETED ABANDONED",
    "intervention.Phase": "OPEN PROGRAMME_ASSIGNED ACTIVE ENDING DISCHARGED PAUSED",
}
"""By code list: the values that the text names; a list may hold more."""
AMENDMENT_REASONS = "entered_in_error wrong_case"
"""6.2: why an event is voided."""
